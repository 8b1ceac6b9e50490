/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import java.util.List;
import java.util.Set;

/**
 * Result of a link check.
 *
 * @param classes how many classes the jar has
 * @param foreign the references to classes outside the jar
 * @param overrides the methods that override one of a class outside the jar
 */
record LinkReport(int classes, Set<Reference> foreign, Set<String> overrides, List<Fault> faults) {
    LinkReport {
        foreign = Set.copyOf(foreign);
        overrides = Set.copyOf(overrides);
        faults = List.copyOf(faults);
    }

    /** Summary of what was checked, for a log. */
    String summary() {
        return classes + " classes, " + foreign.size() + " references to " + foreign.stream().map(Reference::owner).distinct().count()
            + " classes outside, of these to James and mail: "
            + foreign.stream().map(Reference::owner).filter(LinkReport::isJamesOrMail).distinct().count() + ", overrides: "
            + overrides.size();
    }

    private static boolean isJamesOrMail(String name) {
        return name.startsWith("org/apache/") || name.startsWith("javax/mail/") || name.startsWith("jakarta/mail/");
    }

    /**
     * Something the JVM would refuse.
     *
     * @param in the class of the jar
     * @param reference what it refers to; itself when the fault is in what it inherits
     * @param what why the JVM would refuse
     * @param blamed the class outside the jar that is missing or different
     */
    record Fault(String in, Reference reference, String what, String blamed) {
        static Fault of(String in, Reference reference, Hierarchy.Incomplete incomplete) {
            return new Fault(in, reference, incomplete.what(), incomplete.missing());
        }

        @Override
        public String toString() {
            return in + ": " + reference + ": " + what;
        }
    }
}
