/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

/**
 * A mail that waits for its turn.
 *
 * @param supply the mails of its queue
 * @param since the ticker's reading when the mail came
 */
record WaitingMail(Supply supply, Parcel parcel, long since) {
}
