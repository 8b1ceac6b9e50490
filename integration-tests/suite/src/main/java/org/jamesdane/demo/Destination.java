/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.demo;

/**
 * A domain that mail is sent to, and what has to become of the mail.
 */
public enum Destination {
    GOOD("good.example", "DANE, all in order", Fate.DELIVERED, "verified", "mx.good.example"),
    IMPOSTOR("impostor.example", "DANE, but an impostor answers", Fate.DEFERRED, "4.7.5", "mx.impostor.example"),
    STRIPPED("stripped.example", "DANE, but STARTTLS is stripped", Fate.DEFERRED, "4.7.4", "mx.stripped.example"),
    BOGUS("bogus.example", "a DNSSEC signature is wrong", Fate.DEFERRED, "4.7.5", "mx.bogus.example"),
    PLAIN("plain.example", "no DANE, TLS offered", Fate.DELIVERED, "encrypted", "mx.plain.example"),
    NO_TLS("notls.example", "no DANE, no TLS at all", Fate.DELIVERED, "clear", "mx.notls.example"),
    BACKUP("backup.example", "first MX an impostor, second good", Fate.DELIVERED, "verified", "mx2.backup.example"),
    STS("sts.example", "MTA-STS, all in order", Fate.DELIVERED, "verified-sts", "mx.sts.example"),
    STS_IMPOSTOR("sts-impostor.example", "MTA-STS, but an impostor answers", Fate.DEFERRED, "4.7.5", "mx.sts-impostor.example");

    /** Fate of a mail. */
    public enum Fate {
        /** A host of the destination has it. */
        DELIVERED("delivered"),
        /** The mail waits in James's queue, and no host has any part of it. */
        DEFERRED("deferred"),
        /** Neither: the demonstration shows it if ever something went wrong. */
        LOST("lost");

        private final String word;

        Fate(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    private final String domain;
    private final String story;
    private final Fate fate;
    private final String mark;
    private final String lastHost;

    Destination(String domain, String story, Fate fate, String mark, String lastHost) {
        this.domain = domain;
        this.story = story;
        this.fate = fate;
        this.mark = mark;
        this.lastHost = lastHost;
    }

    /** The domain. */
    public String domain() {
        return domain;
    }

    /** Special case that the destination shows. */
    public String story() {
        return story;
    }

    /** Fate that the destination's mail has to have. */
    public Fate expectedFate() {
        return fate;
    }

    /** The security label of a delivery, or the enhanced code of a deferral, as the audit line has to give it. */
    public String expectedMark() {
        return mark;
    }

    /** The host of the last audit line. */
    public String lastHost() {
        return lastHost;
    }

    /** Recipient of the mail. */
    public String recipient() {
        return "user@" + domain;
    }
}
