/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.failure;

/**
 * Party at fault for a failure, as far as one attempt can tell. The host is at fault for what it was asked or did, the mail for what it
 * demands. Everything else happened on this server, at a step. That step says what has to be shown to work before the mail can be blamed.
 */
public enum Fault {
    /** The host's or its domain's. */
    HOST,
    /** The mail's: the host cannot meet what this mail demands, and may be well for others. */
    MAIL,
    /** Ours: this server is not able to deliver any mail now. It never counts against a mail. */
    NODE,
    /** Ours, in a lookup. */
    LOOKUP,
    /** Ours, before a connection was open: a local address, descriptors. */
    CONNECTION,
    /** Ours, in reading the message. */
    CONTENT,
    /** Ours, in converting the message, or for want of memory for it. */
    CONVERSION,
    /** Ours, in the dialogue with a host. */
    DIALOGUE,
    /** Ours, anywhere else in an attempt. */
    ATTEMPT,
    /** Ours, in storing the mail for later. */
    STORE,
    /** Ours, in telling the sender. */
    NOTICE;

    /** Tests whether the failure happened on this server. */
    public boolean isOurs() {
        return this != HOST && this != MAIL;
    }

    /** The fault of an unexpected error at a step: a shortage of memory is one of conversion, wherever it shows. */
    public static Fault of(Throwable error, Fault step) {
        // The JDK also says OutOfMemoryError when the system has no thread left.
        return error instanceof OutOfMemoryError && !String.valueOf(error.getMessage()).contains("thread") ? CONVERSION : step;
    }
}
