/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.blame;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.jamesdane.dane.failure.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The blame for a failure: a table of mails that got past a step, and the verdict on the mail {@code m} from {@code a} to {@code x}. */
class WitnessesTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final Instant BEFORE = NOW.minusSeconds(30);
    private static final Witnesses.Party MAIL = new Witnesses.Party("m", "a", "x");

    /** Passes are {@code mail/sender/domain/seconds after the failure before}. */
    @ParameterizedTest
    @CsvSource({
        "three others,                          10, CONVERSION, 1/b/y/1 2/c/z/2 3/d/w/3,             MAIL",
        "also with more failures,               99, CONVERSION, 1/b/y/1 2/c/z/2 3/d/w/3,             MAIL",
        "three of one other sender and domain,  10, CONVERSION, 1/b/y/1 2/b/y/2 3/b/y/3,             MAIL",
        "one failure too few,                    9, CONVERSION, 1/b/y/1 2/c/z/2 3/d/w/3,             OURS",
        "one mail too few,                      10, CONVERSION, 1/b/y/1 2/c/z/2,                     OURS",
        "nobody,                                10, CONVERSION, '',                                  OURS",
        "one mail three times,                  10, CONVERSION, 1/b/y/1 1/b/y/2 1/b/y/3,             OURS",
        "one of them at that very moment,       10, CONVERSION, 1/b/y/0 2/c/z/2 3/d/w/3,             OURS",
        "one of them before,                    10, CONVERSION, 1/b/y/-5 2/c/z/2 3/d/w/3,            OURS",
        "one of the same sender,                10, CONVERSION, 1/a/y/1 2/c/z/2 3/d/w/3,             OURS",
        "one to the same domain,                10, CONVERSION, 1/b/x/1 2/c/z/2 3/d/w/3,             OURS",
        "itself,                                10, CONVERSION, m/b/y/1 2/c/z/2 3/d/w/3,             OURS",
        "this server can't deliver at all,      99, NODE,       1/b/y/1 2/c/z/2 3/d/w/3 4/e/v/4,     OURS",
    })
    void shouldBlameAMailOnlyWithWitnesses(String name, int failures, Fault step, String passes, String verdict) {
        Witnesses witnesses = new Witnesses();
        for (String pass : passes.isEmpty() ? new String[0] : passes.split(" ", -1)) {
            String[] fields = pass.split("/", -1);
            witnesses.passed(step, new Witnesses.Party(fields[0], fields[1], fields[2]), BEFORE.plusSeconds(Long.parseLong(fields[3])));
        }

        assertThat(witnesses.blame(step, MAIL, failures, Optional.of(BEFORE)) ? "MAIL" : "OURS").as(name).isEqualTo(verdict);
        assertThat(witnesses.blame(step, MAIL, failures, Optional.empty())).as("%s, never failed before", name).isFalse();
        assertThat(witnesses.blame(Fault.DIALOGUE, MAIL, failures, Optional.of(BEFORE))).as("%s, at another step", name).isFalse();
    }

    @Test
    void shouldTakeForWitnessesOfALookupOnlyThoseOverTheSameResolver() {
        Witnesses witnesses = new Witnesses();
        witnesses.lookupFailed(MAIL, Optional.of("192.0.2.1"));
        for (int i = 1; i <= 3; i++) {
            Witnesses.Party other = new Witnesses.Party("o" + i, "s" + i, "d" + i);
            witnesses.passed(Fault.LOOKUP, Optional.of("192.0.2.2"), other, NOW);
            witnesses.passed(Fault.LOOKUP, Optional.empty(), other, NOW);
        }
        assertThat(witnesses.blame(Fault.LOOKUP, MAIL, 10, Optional.of(BEFORE))).isFalse();

        for (int i = 1; i <= 3; i++) {
            assertThat(witnesses.blame(Fault.LOOKUP, MAIL, 10, Optional.of(BEFORE))).as("%s witnesses", i - 1).isFalse();
            witnesses.passed(Fault.LOOKUP, Optional.of("192.0.2.1"), new Witnesses.Party("o" + i, "s" + i, "d" + i), NOW);
        }
        assertThat(witnesses.blame(Fault.LOOKUP, MAIL, 10, Optional.of(BEFORE))).isTrue();

        witnesses.lookupFailed(MAIL, Optional.of("192.0.2.2"));
        assertThat(witnesses.blame(Fault.LOOKUP, MAIL, 10, Optional.of(BEFORE))).as("it failed over the other now").isTrue();
        witnesses.lookupFailed(MAIL, Optional.of("192.0.2.3"));
        assertThat(witnesses.blame(Fault.LOOKUP, MAIL, 10, Optional.of(BEFORE))).isFalse();
    }

    @Test
    void shouldKeepNoMoreThanItNeedsOfAnyNumberOfMails() {
        Witnesses witnesses = new Witnesses();
        for (int i = 0; i < 1000; i++) {
            witnesses.passed(Fault.CONTENT, new Witnesses.Party("m" + i, "s" + i, "d" + i), NOW);
        }

        assertThat(witnesses.kept()).isEqualTo(Witnesses.KEPT);
    }

    @Test
    void shouldForgetTheResolverOfTheLookupThatFailedLongestAgo() {
        Witnesses witnesses = new Witnesses();
        witnesses.lookupFailed(MAIL, Optional.of("192.0.2.1"));
        for (int i = 1; i <= 3; i++) {
            witnesses.passed(Fault.LOOKUP, Optional.of("192.0.2.1"), new Witnesses.Party("o" + i, "s" + i, "d" + i), NOW);
        }
        assertThat(witnesses.blame(Fault.LOOKUP, MAIL, 10, Optional.of(BEFORE))).isTrue();

        Witnesses.Party last = MAIL;
        for (int i = 0; i < 1000; i++) {
            last = new Witnesses.Party("f" + i, "a", "x");
            witnesses.lookupFailed(last, Optional.of("192.0.2.1"));
        }
        assertThat(witnesses.blame(Fault.LOOKUP, MAIL, 10, Optional.of(BEFORE))).as("forgotten").isFalse();
        assertThat(witnesses.blame(Fault.LOOKUP, last, 10, Optional.of(BEFORE))).isTrue();
    }

    @Test
    void shouldJudgeWithBoundedMemoryAsIfAllWereKept() {
        // A flood by one sender, or to one domain, must not push out the witnesses against him.
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            Witnesses witnesses = new Witnesses();
            List<Witnesses.Party> all = new ArrayList<>();
            List<Instant> times = new ArrayList<>();
            int senders = 1 + random.nextInt(8);
            int domains = 1 + random.nextInt(8);
            for (int i = 0; i < 60; i++) {
                boolean flood = random.nextInt(4) > 0;
                Witnesses.Party party = new Witnesses.Party("m" + random.nextInt(80), flood ? "s0" : "s" + random.nextInt(senders),
                    flood && seed % 2 == 0 ? "d0" : "d" + random.nextInt(domains));
                // A mail has one sender and one domain.
                all.stream().filter(other -> other.mail().equals(party.mail())).findFirst().ifPresentOrElse(
                    known -> add(witnesses, all, times, known), () -> add(witnesses, all, times, party));
            }
            for (int s = 0; s < senders; s++) {
                for (int d = 0; d < domains; d++) {
                    Witnesses.Party mail = new Witnesses.Party("failing", "s" + s, "d" + d);
                    Instant before = NOW.plusSeconds(random.nextInt(60));
                    assertThat(witnesses.blame(Fault.CONTENT, mail, Witnesses.FAILURES, Optional.of(before)))
                        .as("seed %s, %s, %s", seed, mail, before).isEqualTo(inFull(all, times, mail, before));
                }
            }
        }
    }

    private static void add(Witnesses witnesses, List<Witnesses.Party> all, List<Instant> times, Witnesses.Party party) {
        Instant at = NOW.plusSeconds(all.size());
        all.add(party);
        times.add(at);
        witnesses.passed(Fault.CONTENT, party, at);
    }

    private static boolean inFull(List<Witnesses.Party> all, List<Instant> times, Witnesses.Party mail, Instant before) {
        return all.stream().filter(party -> times.get(all.lastIndexOf(party)).isAfter(before) && !party.sender().equals(mail.sender())
            && !party.domain().equals(mail.domain())).map(Witnesses.Party::mail).distinct().count() >= Witnesses.OTHERS;
    }
}
