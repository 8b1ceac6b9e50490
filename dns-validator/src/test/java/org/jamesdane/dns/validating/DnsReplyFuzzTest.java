/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.testing.fuzz.FuzzInput;

/** A DNS message of a stranger: it is read, or it is malformed. */
class DnsReplyFuzzTest {
    private static final List<byte[]> REPLIES = RecordedDns.load().replies();
    private static final Query QUERY = Query.of(new Question(WireNames.toWire(DomainName.of("mx.nsec.test")), 1), Query.Wish.UNCHECKED, 0);
    private static final int MAX_RECORDS = 2000;

    @FuzzTest
    void shouldReadAMessageOrCallItMalformed(byte[] octets) {
        FuzzInput input = new FuzzInput(octets);
        byte[] message = input.octet() == 0 ? input.rest() : input.patched(REPLIES.get(input.below(REPLIES.size())));
        boolean ours = QUERY.isAnsweredBy(message);
        try {
            Reply reply = Reply.parse(message);
            assertThat(reply.answers().size() + reply.authorities().size()).isLessThanOrEqualTo(MAX_RECORDS);
            assertThat(reply.negativeTtl()).isNotNegative();
            if (ours) {
                RelevantRrsets.of(new Question(WireNames.toWire(DomainName.of("mx.nsec.test")), 1), reply);
            }
        } catch (LookupFailure failure) {
            assertThat(failure.reason()).isIn(Lookup.Reason.MALFORMED, Lookup.Reason.BOGUS);
        }
    }
}
