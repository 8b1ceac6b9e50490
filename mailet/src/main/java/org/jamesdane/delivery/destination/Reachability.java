/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

/** Evidence of one attempt that the destination as a whole can be reached, cannot be reached, or neither. */
public enum Reachability {
    /** A host of it has taken or judged a mail: it is there. */
    REACHED,
    /** None of its hosts could be used. */
    FAILED,
    /** Nothing: the attempt ended for a reason of our own, or there was none. */
    UNKNOWN
}
