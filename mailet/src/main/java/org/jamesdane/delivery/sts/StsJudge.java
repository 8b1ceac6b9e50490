/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dns.TxtRecord;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsException;
import org.jamesdane.mtasts.StsRules;

/** MTA-STS beside DANE, for the hosts of one next hop. Used by one thread. */
public final class StsJudge {
    private final StsTerms terms;
    private final NextHop nextHop;
    private final InstantSource clock;
    private StsSearch search = StsSearch.ended(new StsDiscovery.NotAsked(StsDiscovery.NotAskedBecause.POLICY));
    private boolean leftOut;
    private Optional<StsException> exception = Optional.empty();

    /** Takes what it works with; nothing is asked for before {@link #begin}. */
    public StsJudge(StsTerms terms, NextHop nextHop, InstantSource clock) {
        this.terms = terms;
        this.nextHop = nextHop;
        this.clock = clock;
    }

    /** The demand on mail under a policy, as far as MTA-STS has a part in it. */
    public StsDemand demand(Policy policy) {
        return new StsDemand(policy, terms.use());
    }

    /** Begins the search for the next hop's policy, where MTA-STS has a part in deliveries under that policy. */
    public void begin(Policy policy) {
        exception = nextHop.domain().flatMap(terms.exceptions()::of);
        search = notAsked(policy).map(why -> StsSearch.ended(new StsDiscovery.NotAsked(why)))
            .orElseGet(() -> terms.source().begin(nextHop.domain().orElseThrow()));
    }

    private Optional<StsDiscovery.NotAskedBecause> notAsked(Policy policy) {
        if (terms.use() == StsDemand.Use.OFF) {
            return Optional.of(StsDiscovery.NotAskedBecause.OFF);
        }
        if (!demand(policy).asksForSts()) {
            return Optional.of(StsDiscovery.NotAskedBecause.POLICY);
        }
        if (exception.filter(mode -> mode == StsException.OFF).isPresent()) {
            return Optional.of(StsDiscovery.NotAskedBecause.EXCEPTION);
        }
        // RFC 8461 §3.4: the policy domain is the recipient's, or that of a smart host.
        return nextHop.domain().isEmpty() ? Optional.of(StsDiscovery.NotAskedBecause.ADDRESS_LITERAL)
            : Optional.of(StsDiscovery.NotAskedBecause.GATEWAY).filter(why -> nextHop.gateway() && !terms.gateways());
    }

    /** Has the TXT record asked for anew by the next search: no mail may be returned before that (RFC 8461 §5.1). */
    public void askAnew() {
        nextHop.domain().ifPresent(terms.source()::askAnew);
    }

    /** The end of the time of the policy host's certificate, where that is known. */
    public Optional<Instant> certificateEnds() {
        return nextHop.domain().flatMap(terms.source()::certificateEnds);
    }

    /** The search as it was begun. */
    public StsSearch search() {
        return search;
    }

    /** The result of the search at the present; waits for the TXT record. */
    public StsDiscovery discovery() {
        return excepted(search.present());
    }

    private StsDiscovery excepted(StsDiscovery found) {
        if (exception.isEmpty()) {
            return found;
        }
        return found instanceof StsDiscovery.Found policy ? new StsDiscovery.Found(policy.kept(), true)
            : found instanceof StsDiscovery.Unreadable unreadable ? new StsDiscovery.Unreadable(unreadable.text(), true) : found;
    }

    /** The answer about the TXT record; empty where it was not asked for, and where it is not known yet. */
    public Optional<Resolution<TxtRecord>> asked() {
        CompletableFuture<Optional<Resolution<TxtRecord>>> asked = search.asked();
        return asked.isDone() && !asked.isCompletedExceptionally() ? asked.join() : Optional.empty();
    }

    /**
     * Decision on a host.
     *
     * @param discovery what was known of the policy when the decision was made
     */
    public record Judged(StsDiscovery discovery, StsRules.Decision decision) {
    }

    /**
     * Judges a host of the route. Where DANE alone decides, this waits for no search.
     *
     * @param byDane the requirement by DANE and the operator's policy
     */
    public Judged judge(Policy policy, Routing.Route route, TlsRequirement byDane) {
        StsRules rules = new StsRules(demand(policy), route, terms.anchors(), clock.instant());
        Optional<StsRules.Decision> alone = leftOut ? Optional.of(StsRules.Decision.without(byDane)) : rules.byDaneAlone(byDane);
        if (alone.isPresent()) {
            return new Judged(search.known().map(this::excepted)
                .orElseGet(() -> new StsDiscovery.NotAsked(StsDiscovery.NotAskedBecause.NOT_NEEDED)), alone.get());
        }
        StsDiscovery discovery = discovery();
        return new Judged(discovery, rules.judge(byDane, discovery));
    }

    /** Leaves MTA-STS out from now on: the second pass of an audit. */
    public void leaveOut() {
        leftOut = true;
    }

    /** Finding of an audit of MTA-STS, as {@link StsRules#finding} makes it. */
    public Optional<AuditRules.Audited> finding(Policy policy, List<StsRules.Tried> tried) {
        return StsRules.finding(demand(policy), tried);
    }
}
