/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.List;
import java.util.stream.Stream;

/** The cases of the fault suites in which one mail goes to one peer, for tests of what a delivery makes of them. */
public final class FaultCases {
    /** The recipients of every case. */
    public static final List<Recipient> RECIPIENTS = FaultBench.envelope().recipients();

    private FaultCases() {
    }

    /** All of them. */
    public static List<FaultCase> all() {
        return Stream.of(GreetingFaultSuiteTest.greetings(), GreetingFaultSuiteTest.hellos(), TlsFaultSuiteTest.starttls(),
                TlsFaultSuiteTest.handshakes(), TlsFaultSuiteTest.chains(), TlsFaultSuiteTest.underTls(), TlsFaultSuiteTest.logins(),
                TransactionFaultSuiteTest.senders(), TransactionFaultSuiteTest.recipients(), TransactionFaultSuiteTest.data(),
                TransactionFaultSuiteTest.contents(), TransactionFaultSuiteTest.finalDots())
            .flatMap(cases -> cases).filter(fault -> fault.mails() == 1).toList();
    }

    /** Words of every sentence about a failure at that step. */
    public static String words(String phase) {
        return Phase.valueOf(phase) == Phase.CONNECT ? "connect" : Phase.valueOf(phase).toString();
    }
}
