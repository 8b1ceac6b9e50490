/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

/** Question to a name server. */
record Question(String name, String type) {
    @Override
    public String toString() {
        return name + " " + type;
    }
}
