/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.testing.fuzz.FuzzInput;
import org.junit.jupiter.api.Test;

/**
 * Replies of a stranger to a validator. Whatever their octets are, a name in a signed zone is never called insecure, and nothing is called
 * secure but the truth.
 *
 * <p>The octets of the fuzzer are a subject, and then one plan after the other: the place of a question among those asked, and the change
 * of its reply.
 */
class ValidatorFuzzTest {
    private static final RecordedDns DNS = RecordedDns.load();
    private static final List<byte[]> REPLIES = DNS.replies();
    private static final List<MutationWorld.Subject> SUBJECTS = new MutationWorld().subjects();
    private static final int HEADER_OCTETS = 12;
    private static final int PLANS = 12;

    /** Fate of a reply. */
    private enum Way {
        UNTOUCHED, PATCHED, REPLAYED, REPLAYED_AND_PATCHED, SECTIONS_SWAPPED, OWN
    }

    @FuzzTest
    void shouldBelieveNothingButTheTruth(byte[] octets) {
        FuzzInput input = new FuzzInput(octets);
        MutationWorld.Subject subject = SUBJECTS.get(input.below(SUBJECTS.size()));
        Map<String, byte[]> changed = new HashMap<>();
        Lookup<?> lookup = DNS.lookup(subject.name(), Lab.type(subject.type()), (question, genuine) ->
            changed.size() < PLANS ? changed.computeIfAbsent(question, ignored -> change(input, genuine)) : genuine);

        if (lookup instanceof Lookup.Failed<?> failed) {
            assertThat(failed.reason()).as("%s: %s", subject, failed).isNotEqualTo(Lookup.Reason.INTERNAL);
            return;
        }
        if (((Lookup.Answer<?>) lookup).proof() instanceof Proof.Insecure) {
            assertThat(subject.insecurity()).as("%s: %s", subject, lookup).isEqualTo(MutationWorld.Insecurity.POSSIBLE);
            return;
        }
        assertThat(subject.clean()).as("%s: %s", subject, lookup).endsWith(" secure");
        assertThat(MutationCampaign.data(lookup)).isEqualTo(MutationCampaign.data(untouched(subject)));
    }

    private static byte[] change(FuzzInput input, byte[] genuine) {
        Way way = Way.values()[input.below(Way.values().length)];
        return switch (way) {
            case UNTOUCHED -> genuine;
            case PATCHED -> input.patched(genuine);
            case REPLAYED -> REPLIES.get(input.below(REPLIES.size()));
            case REPLAYED_AND_PATCHED -> input.patched(REPLIES.get(input.below(REPLIES.size())));
            case SECTIONS_SWAPPED -> {
                // The counts of answers and authorities: what one section held is read as the other's.
                byte[] swapped = genuine.clone();
                int answers = input.octet();
                swapped[7] = (byte) Math.min(answers, genuine[7] + genuine[9]);
                swapped[9] = (byte) (genuine[7] + genuine[9] - swapped[7]);
                yield input.patched(swapped);
            }
            case OWN -> {
                byte[] own = new byte[HEADER_OCTETS + input.octet()];
                byte[] chosen = input.take(own.length);
                System.arraycopy(chosen, 0, own, 0, chosen.length);
                yield own;
            }
        };
    }

    private static Lookup<?> untouched(MutationWorld.Subject subject) {
        return DNS.lookup(subject.name(), Lab.type(subject.type()), (question, genuine) -> genuine);
    }

    /** Without an attack each subject has its verdict: else no attack would mean anything. */
    @Test
    void shouldHaveTheTruthOfEachSubject() {
        for (MutationWorld.Subject subject : SUBJECTS) {
            assertThat(Lab.verdict(untouched(subject))).as("%s", subject).isEqualTo(subject.clean());
        }
    }
}
