/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.blame;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dane.failure.Fault;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rule by which a failure on this server is the mail's own or ours, with its memory of failures and successes at each step. A mail is
 * blamed only with witnesses: it has failed often, and other mails got past the same step since its last failure. Without witnesses the
 * failure is ours, however often it occurs.
 *
 * <p>For any number of threads. Takes the time as an argument. Memory is bounded: {@value #KEPT} mails a step are enough to answer for any
 * mail as if all had been kept.
 */
public final class Witnesses {
    static final Logger LOGGER = LoggerFactory.getLogger(Witnesses.class);
    /** Failures of a mail, the present one included, before it can be blamed. */
    public static final int FAILURES = 10;
    /** Other mails that got past the step since the mail's failure before. */
    static final int OTHERS = 3;
    /**
     * Mails kept of one sender, or to one domain: those of the failing mail's own sender, or to its own domain, are no witnesses. Of each
     * pair of sender and domain {@link #OTHERS} are kept. So enough of twice as many are left, whichever sender or domain the failing mail
     * has.
     */
    private static final int KEPT_OF_ONE = 2 * OTHERS;
    /** Mails kept of each step: those of the failing mail's sender and to its domain may be left out, and enough remain. */
    static final int KEPT = 2 * KEPT_OF_ONE + OTHERS;
    /** Mails of which it is known over which resolver their lookup failed: more than are tried at once. */
    private static final int LOOKUPS = 1_000;

    /**
     * A mail, as far as it matters whose it is.
     *
     * @param mail its name
     * @param sender its return path, empty for the null one
     * @param domain where it goes
     */
    public record Party(String mail, String sender, String domain) {
        private boolean isOther(Party other) {
            return !mail.equals(other.mail) && !sender.equals(other.sender) && !domain.equals(other.domain);
        }
    }

    private record Pass(Party party, Instant at) {
    }

    /**
     * A step, as far as it matters which way it went.
     *
     * @param fault the step
     * @param over the resolver, for a lookup where that is known
     */
    private record Way(Fault fault, Optional<String> over) {
    }

    /** The latest first. There are few ways: one for each resolver that is configured. */
    @GuardedBy("this")
    private final Map<Way, List<Pass>> passes = new HashMap<>();
    /** The resolver over which the last lookup of a mail failed, by its name; the one that failed longest ago is forgotten first. */
    @GuardedBy("this")
    private final Map<String, Optional<String>> failedOver = new LinkedHashMap<>();

    /** Notes that a mail got past a step. */
    public void passed(Fault step, Party party, Instant at) {
        passed(step, Optional.empty(), party, at);
    }

    /** Notes over which resolver a lookup for a mail failed, so that only mails that were looked up over the same are witnesses. */
    synchronized void lookupFailed(Party party, Optional<String> over) {
        failedOver.remove(party.mail());
        failedOver.put(party.mail(), over);
        if (failedOver.size() > LOOKUPS) {
            failedOver.remove(failedOver.keySet().iterator().next());
        }
    }

    /**
     * Notes that a mail got past a step.
     *
     * @param over the resolver, for a lookup where that is known
     */
    public synchronized void passed(Fault step, Optional<String> over, Party party, Instant at) {
        Way way = new Way(step, over);
        List<Pass> before = passes.getOrDefault(way, List.of());
        List<Pass> kept = new ArrayList<>(KEPT);
        kept.add(new Pass(party, at));
        for (Pass pass : before) {
            if (kept.size() < KEPT && !pass.party().mail().equals(party.mail()) && isOfUse(pass.party(), kept)) {
                kept.add(pass);
            }
        }
        passes.put(way, kept);
    }

    /** Tests whether a mail could be a witness that the newer mails after it are not already. */
    private static boolean isOfUse(Party party, List<Pass> newer) {
        int sameSender = 0;
        int sameDomain = 0;
        int same = 0;
        for (Pass pass : newer) {
            boolean sender = pass.party().sender().equals(party.sender());
            boolean domain = pass.party().domain().equals(party.domain());
            sameSender += sender ? 1 : 0;
            sameDomain += domain ? 1 : 0;
            same += sender && domain ? 1 : 0;
        }
        return sameSender < KEPT_OF_ONE && sameDomain < KEPT_OF_ONE && same < OTHERS;
    }

    /** The number of mails that are kept of all steps. */
    synchronized int kept() {
        return passes.values().stream().mapToInt(List::size).sum();
    }

    /**
     * Tests whether the mail is to blame for a failure.
     *
     * @param step where it failed
     * @param failures how often it has failed, this time included
     * @param before when it failed the last time before; empty if never
     */
    public synchronized boolean blame(Fault step, Party party, int failures, Optional<Instant> before) {
        if (step == Fault.NODE || failures < FAILURES || before.isEmpty()) {
            return false;
        }
        Way way = new Way(step, step == Fault.LOOKUP ? failedOver.getOrDefault(party.mail(), Optional.empty()) : Optional.empty());
        return passes.getOrDefault(way, List.of()).stream()
            .filter(pass -> pass.at().isAfter(before.get()) && pass.party().isOther(party)).count() >= OTHERS;
    }
}
