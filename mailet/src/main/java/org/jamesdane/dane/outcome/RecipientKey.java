/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

/**
 * Key under which the replies and the outcome for a recipient are kept: the address as its envelope writes it.
 *
 * @param address the address without angle brackets; the local part keeps its case
 */
public record RecipientKey(String address) {
    @Override
    public String toString() {
        return address;
    }
}
