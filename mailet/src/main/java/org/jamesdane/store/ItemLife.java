/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

/**
 * Life of a queue item, and the key under which recipients of the item are recorded. It is the same each time the queue gives the item
 * out, and another for each deferred copy of the item.
 *
 * @param text the id of the item, and when it was due
 */
public record ItemLife(String text) {
    @Override
    public String toString() {
        return text;
    }
}
