/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.outcome.OutcomeRules;
import org.jamesdane.dane.outcome.RecipientReply;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicySelection;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dane.trace.TraceRecorder;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.Timeouts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attempt to deliver one mail to one next-hop domain, or to the gateways one after the other. Used once, by one thread.
 */
final class NextHopDelivery {
    private static final Logger LOGGER = LoggerFactory.getLogger(NextHopDelivery.class);
    /** No further host is tried after this time, so that one destination's slow hosts can't keep a delivery thread for hours. */
    private static final Duration MAX_ATTEMPT = Duration.ofMinutes(15);
    /**
     * The time for a connection while the host has another address: three SYNs. The families take turns, so that one that leads nowhere
     * costs no more than this.
     */
    private static final Duration CONNECT_BUDGET = Duration.ofSeconds(8);

    private final BlockingResolver lookups;
    private final ConnectionPool pool;
    private final DeliverySettings settings;
    private final DeliveryAudit audit;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final WitnessedMail mail;
    private final DeliveryMetrics metrics;

    NextHopDelivery(BlockingResolver lookups, ConnectionPool pool, DeliverySettings settings, DeliveryAudit audit, InstantSource clock,
            RandomGenerator random, WitnessedMail mail, DeliveryMetrics metrics) {
        this.lookups = lookups;
        this.pool = pool;
        this.settings = settings;
        this.audit = audit;
        this.clock = clock;
        this.random = random;
        this.mail = mail;
        this.metrics = metrics;
    }

    /** Tries the next hops in this order until each recipient's fate is known. */
    List<Outcome> deliver(List<NextHop> nextHops, Envelope envelope) {
        List<HostAttempt> attempts = new ArrayList<>();
        List<TraceRecorder> traces = new ArrayList<>();
        List<Outcome> outcomes = List.of();
        for (NextHop nextHop : nextHops) {
            TraceRecorder trace = new TraceRecorder(nextHop);
            traces.add(trace);
            Walk walk = new Walk(nextHop, selection(nextHop), trace, envelope, attempts);
            outcomes = outcomes(walk, nextHop, envelope, attempts);
            if (walk.uncertain || OutcomeRules.remaining(HostSession.names(envelope), attempts).isEmpty()) {
                break;
            }
        }
        show(traces, outcomes);
        return outcomes;
    }

    /** Walks the hosts; what was written down of them decides, also where something unexpected ends the walk. */
    private List<Outcome> outcomes(Walk walk, NextHop nextHop, Envelope envelope, List<HostAttempt> attempts) {
        try {
            return walk.run();
        } catch (Throwable e) {
            LOGGER.error("An unexpected error ended the attempt to deliver the mail {} to {}", mail.name(), nextHop, e);
            attempts.add(new HostAttempt.Failed(HostFailureMapping.unexpected(nextHop.toString(), e, Fault.ATTEMPT)));
            return OutcomeRules.conclude(HostSession.names(envelope), attempts, Policy.DANE);
        }
    }

    private void show(List<TraceRecorder> traces, List<Outcome> outcomes) {
        try {
            if (LOGGER.isDebugEnabled()) {
                outcomes.forEach(traces.get(traces.size() - 1)::outcome);
                traces.forEach(trace -> LOGGER.debug("The mail {}: {}", mail.name(), trace.trace().toLine()));
            }
        } catch (Throwable e) {
            LOGGER.error("The trace of the mail {} could not be shown", mail.name(), e);
        }
    }

    private PolicySelection selection(NextHop nextHop) {
        PolicySelection published = settings.policies().select(nextHop, clock.instant());
        boolean eased = mail.tlsWish() == SenderTlsPreference.OPTIONAL && settings.senderWishes().honourTlsOptional();
        PolicySelection byDomain = eased ? published.easedBySender() : published;
        return mail.demand().map(demand -> byDomain.demanding(demand, mail.demandedBy())).orElse(byDomain);
    }

    /** The hosts of one next hop, tried in their order. */
    private final class Walk {
        private final NextHop nextHop;
        private final PolicySelection selection;
        private final TraceRecorder trace;
        private final HostDiscovery hosts;
        private final Envelope envelope;
        private final List<HostAttempt> attempts;
        private final List<Runnable> withConversion = new ArrayList<>();
        private Instant deadline = clock.instant().plus(MAX_ATTEMPT);
        private boolean converting;
        private boolean uncertain;

        Walk(NextHop nextHop, PolicySelection selection, TraceRecorder trace, Envelope envelope, List<HostAttempt> attempts) {
            this.nextHop = nextHop;
            this.selection = selection;
            this.trace = trace;
            this.hosts = new HostDiscovery(lookups, settings, random, nextHop, trace);
            this.envelope = envelope;
            this.attempts = attempts;
        }

        List<Outcome> run() {
            trace.policy(selection);
            Policy policy = selection.policy();
            Routing routing = hosts.route(policy);
            trace.routing(routing);
            if (routing instanceof Routing.NoRoute none) {
                return withoutRoute(none);
            }
            Routing.Route route = (Routing.Route) routing;
            int before = attempts.size();
            Optional<Routing.NoRoute> loop = walk(route, policy);
            Optional<AuditRules.Audited> audited = AuditRules.finding(policy, attempts.subList(before, attempts.size()));
            audited.ifPresent(this::report);
            if (audited.filter(found -> found.finding() == AuditRules.Finding.WOULD_HAVE_DEFERRED).isPresent()) {
                // RFC 7672 §9.1: what DANE would have held back was recorded; now the mail goes without.
                // It has its own time for that: a first pass that took all there was must not leave it without any attempt.
                attempts.subList(before, attempts.size()).clear();
                deadline = clock.instant().plus(MAX_ATTEMPT);
                loop = walk(route, policy.withoutDane());
            }
            return loop.isPresent() && attempts.isEmpty() ? withoutRoute(loop.get())
                : OutcomeRules.conclude(HostSession.names(envelope), attempts, policy);
        }

        private void report(AuditRules.Audited found) {
            trace.audited(found);
            audit.audited(nextHop, found);
        }

        private List<Outcome> withoutRoute(Routing.NoRoute none) {
            if (none instanceof Routing.Deferred deferred) {
                report(() -> event(clock.instant(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                    new HostAttempt.Failed(deferred.failure())));
            }
            return OutcomeRules.conclude(HostSession.names(envelope), none, nextHop.toString());
        }

        /**
         * Tries host after host. 8-bit content goes to the next host that offers 8BITMIME (RFC 6152 §3). Only after the last host is it
         * converted, for the hosts that do not offer it.
         */
        private Optional<Routing.NoRoute> walk(Routing.Route route, Policy policy) {
            withConversion.clear();
            Optional<Routing.NoRoute> loop = walkLevels(route, policy);
            converting = true;
            for (Runnable again : withConversion) {
                if (!isOver()) {
                    again.run();
                }
            }
            return loop;
        }

        /** Level by level; the result says if this server itself came first. */
        private Optional<Routing.NoRoute> walkLevels(Routing.Route route, Policy policy) {
            for (List<MxHost> level : route.levels()) {
                // RFC 5321 §5.1: if one host of a level is this server, none of the level is used, whatever the order among them.
                Map<MxHost, HostAddresses> resolved = new LinkedHashMap<>();
                for (MxHost host : level) {
                    if (isOver()) {
                        return Optional.empty();
                    }
                    Instant started = clock.instant();
                    guarded(route, host, started, () -> resolved.put(host, hosts.addresses(host)));
                    if (resolved.get(host) instanceof HostAddresses.Ourselves) {
                        return route.cutAt(host) instanceof Routing.NoRoute loop ? Optional.of(loop) : Optional.empty();
                    }
                    if (level.size() == 1 || hosts.rules().ownAddresses().isEmpty()) {
                        use(route, policy, resolved);
                        resolved.clear();
                    }
                }
                use(route, policy, resolved);
            }
            return Optional.empty();
        }

        private void use(Routing.Route route, Policy policy, Map<MxHost, HostAddresses> resolved) {
            resolved.forEach((host, addresses) -> {
                if (!isOver()) {
                    Instant started = clock.instant();
                    trace.addresses(addresses);
                    if (addresses instanceof HostAddresses.NotFound none) {
                        record(new HostAttempt.Failed(none.failure()), attempt ->
                            event(started, Optional.of(route), Optional.empty(), Optional.empty(), Optional.empty(), attempt));
                    } else if (addresses instanceof HostAddresses.Found found) {
                        guarded(route, host, started, () -> tryHost(route, policy, found, started));
                    }
                }
            });
        }

        /** Whatever goes wrong unexpectedly with one host is no reason not to try the next. */
        private void guarded(Routing.Route route, MxHost host, Instant started, Runnable step) {
            try {
                step.run();
            } catch (Throwable e) {
                LOGGER.error("An unexpected error ended the attempt at {} for the mail {}", host, mail.name(), e);
                record(new HostAttempt.Failed(HostFailureMapping.unexpected(host.toString(), e, Fault.DIALOGUE)), attempt ->
                    event(started, Optional.of(route), Optional.empty(), Optional.empty(), Optional.empty(), attempt));
            }
        }

        private boolean isOver() {
            return uncertain || remaining().isEmpty() || clock.instant().isAfter(deadline);
        }

        private void tryHost(Routing.Route route, Policy policy, HostAddresses.Found addresses, Instant started) {
            MxHost host = addresses.host();
            converting = host.equals(lastHost(route));
            HostDiscovery.Judged judged = hosts.judge(policy, route, addresses, envelope.requireTls());
            TlsaDiscovery discovery = judged.discovery();
            TlsRequirement requirement = judged.requirement();
            if (requirement instanceof TlsRequirement.HostNotUsed refused) {
                record(new HostAttempt.Failed(refused.failure()), attempt ->
                    event(started, Optional.of(route), Optional.of(discovery), Optional.of(requirement), Optional.empty(), attempt));
                return;
            }
            List<InetAddress> usable = addresses.addresses().stream().filter(settings.bind()::allows).toList();
            if (usable.isEmpty()) {
                record(new HostAttempt.Failed(HostFailure.unreachable(host.toString(),
                    "none of its addresses is of a family for which bind names a local address")), attempt ->
                    event(started, Optional.of(route), Optional.of(discovery), Optional.of(requirement), Optional.empty(), attempt));
            }
            for (int i = 0; i < usable.size(); i++) {
                if (isOver()) {
                    return;
                }
                tryAddress(route, discovery, requirement, new InetSocketAddress(usable.get(i), nextHop.port()),
                    i + 1 < usable.size() ? withBudget(settings.timeouts()) : settings.timeouts());
            }
        }

        private static MxHost lastHost(Routing.Route route) {
            List<MxHost> level = route.levels().get(route.levels().size() - 1);
            return level.get(level.size() - 1);
        }

        private Timeouts withBudget(Timeouts timeouts) {
            return timeouts.of(Phase.CONNECT).compareTo(CONNECT_BUDGET) < 0 ? timeouts : timeouts.withConnect(CONNECT_BUDGET);
        }

        private void tryAddress(Routing.Route route, TlsaDiscovery discovery, TlsRequirement requirement, InetSocketAddress address,
                Timeouts timeouts) {
            boolean convert = settings.conversion() == EightBitConversion.CONVERT;
            DialogueTerms terms = new DialogueTerms(nextHop.gateway(), converting && convert, false,
                pool.sessionLimits().rests(address), () -> !clock.instant().isAfter(deadline));
            Set<String> wanted = remaining();
            Optional<MailTransfer.Refusal> before = Optional.empty();
            boolean again = true;
            while (again) {
                Instant started = clock.instant();
                Envelope part = to(wanted);
                HostSession.Result result = new HostSession(pool, settings, clock, mail, requirement, address, timeouts, terms, metrics)
                    .run(part);
                uncertain |= result.uncertain();
                again = result.isForAFreshConnection() && !uncertain;
                if (again) {
                    metrics.count(MetricNames.CONNECTIONS_REFUSED);
                }
                // What a used connection refused, and a fresh one is asked for at once, counts for nothing.
                (again ? decided(result) : Optional.of(result.attempt())).ifPresent(attempt -> record(attempt, noted -> {
                    result.connection().check().ifPresent(check -> traceCheck(requirement, result, check));
                    return event(started, Optional.of(route), Optional.of(discovery), Optional.of(requirement),
                        Optional.of(result.connection()), noted);
                }));
                before.ifPresent(refused -> learn(address, refused, result));
                if (convert && !converting && isFor(FailureKind.EIGHTBIT_MISSING, result.attempt())) {
                    withConversion.add(() -> guarded(route, requirement.host(), clock.instant(),
                        () -> tryAddress(route, discovery, requirement, address, timeouts)));
                }
                wanted = result.refusal().map(MailTransfer.Refusal::recipients).orElse(Set.of());
                before = result.refusal();
                terms = terms.afresh();
            }
        }

        private Envelope to(Set<String> wanted) {
            return envelope.to(envelope.recipients().stream().filter(each -> wanted.contains(each.toString())).toList());
        }

        private static boolean isFor(FailureKind kind, HostAttempt attempt) {
            return attempt instanceof HostAttempt.Failed failed && failed.failure().kind() == kind;
        }

        /** The attempt without the recipients whom a fresh connection is asked for; empty if there are no others. */
        private static Optional<HostAttempt> decided(HostSession.Result result) {
            if (!(result.attempt() instanceof HostAttempt.Transacted all)) {
                return Optional.empty();
            }
            Map<String, RecipientReply> replies = new LinkedHashMap<>(all.replies());
            result.refusal().ifPresent(refused -> replies.keySet().removeAll(refused.recipients()));
            return replies.isEmpty() ? Optional.empty() : Optional.of(new HostAttempt.Transacted(all.server(), all.permit(), replies));
        }

        /** A fresh connection that did not come about says nothing, but where the host refused it. */
        private void learn(InetSocketAddress address, MailTransfer.Refusal refused, HostSession.Result fresh) {
            boolean transacted = fresh.attempt() instanceof HostAttempt.Transacted;
            if (transacted || isFor(FailureKind.EARLY_REPLY, fresh.attempt())) {
                boolean same = !transacted || fresh.refusal()
                    .filter(again -> again.mailsBefore() == 0 && again.phase().compareTo(refused.phase()) <= 0).isPresent();
                pool.sessionLimits().learn(address, refused.mailsBefore(), !same).ifPresent(limit -> LOGGER.info(
                    "The host at {} refuses mails after {} over one connection; for a day connections to it end before", address, limit));
            }
        }

        private void traceCheck(TlsRequirement requirement, HostSession.Result result, ChannelCheck check) {
            result.connection().channel().ifPresent(channel -> trace.check(requirement.host(), channel, check));
        }

        private Set<String> remaining() {
            return OutcomeRules.remaining(HostSession.names(envelope), attempts);
        }

        /** Writes down what came of a host before anything else is done with it, and then reports it. */
        private void record(HostAttempt attempt, Function<HostAttempt, AuditEvent> event) {
            attempts.add(attempt);
            mail.passed(attempt);
            report(() -> {
                if (attempt instanceof HostAttempt.Failed failed) {
                    trace.failure(failed.failure());
                }
                return event.apply(attempt);
            });
        }

        private void report(Supplier<AuditEvent> event) {
            try {
                audit.attempted(event.get());
            } catch (Throwable e) {
                LOGGER.error("An attempt for the mail {} could not be reported", mail.name(), e);
            }
        }

        private AuditEvent event(Instant started, Optional<Routing.Route> route, Optional<TlsaDiscovery> discovery,
                Optional<TlsRequirement> requirement, Optional<AuditEvent.Connection> connection, HostAttempt attempt) {
            return new AuditEvent(started, Duration.between(started, clock.instant()), mail.name(), envelope, nextHop, selection,
                route, discovery, requirement, connection, attempt, List.of());
        }
    }
}
