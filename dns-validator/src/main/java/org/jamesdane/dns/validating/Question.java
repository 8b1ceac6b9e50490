/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/** A name and the number of a record type; the class is always IN. */
record Question(Name name, int type) {
    @Override
    public String toString() {
        return name + " " + Type.string(type);
    }
}
