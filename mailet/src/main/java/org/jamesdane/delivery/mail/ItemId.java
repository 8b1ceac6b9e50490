/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

/**
 * Id of a queue item, the same for all copies of the item. It is no mail's name: a mail whose recipients live in several domains is several
 * items.
 *
 * @param text the id as the mail carries it
 */
public record ItemId(String text) {
    @Override
    public String toString() {
        return text;
    }
}
