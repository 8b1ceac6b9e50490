/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.outcome.OutcomeRules;
import org.jamesdane.dane.outcome.RecipientKey;
import org.jamesdane.dane.outcome.RecipientReply;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.trace.TraceRecorder;
import org.jamesdane.delivery.blame.WitnessedMail;
import org.jamesdane.delivery.destination.Attribution;
import org.jamesdane.delivery.discovery.BlockingResolver;
import org.jamesdane.delivery.discovery.HostDiscovery;
import org.jamesdane.delivery.discovery.MxWalk;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.mtasts.StsRules;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.Timeouts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Attempt to deliver one mail to the hosts of one next hop, in their order. Used once, by one thread. */
final class HostWalk {
    private static final Logger LOGGER = LoggerFactory.getLogger(HostWalk.class);
    /** No further host is tried after this time, so that one destination's slow hosts can't keep a delivery thread for hours. */
    private static final Duration MAX_ATTEMPT = Duration.ofMinutes(15);
    /**
     * The time for a connection while the host has another address: three SYNs. The families take turns, so that one that leads nowhere
     * costs no more than this.
     */
    private static final Duration CONNECT_BUDGET = Duration.ofSeconds(8);

    private final DeliveryContext context;
    private final WitnessedMail mail;
    private final AuditEvent.Delivery delivery;
    private final Envelope envelope;
    private final TraceRecorder trace;
    private final List<HostAttempt> attempts;
    private final SiteVisit visit;
    private final HostDiscovery hosts;
    /** Attempts at the hosts of this next hop, with the part that MTA-STS has in each. */
    private final List<StsRules.Tried> tried = new ArrayList<>();
    private final List<Runnable> withConversion = new ArrayList<>();
    private Instant deadline;
    private boolean converting;
    private boolean uncertain;
    /** Decision on the host that is tried now. */
    private Optional<StsRules.Decision> decision = Optional.empty();
    private AuditEvent.Pass pass = AuditEvent.Pass.FIRST;

    /**
     * Takes what it works with.
     *
     * @param trace hears of every step
     * @param attempts those at the next hops before; what becomes of a host is added before anything else is done with it
     * @param visit where the hosts are entered, which hears of every dialogue
     */
    HostWalk(DeliveryContext context, WitnessedMail mail, AuditEvent.Delivery delivery, TraceRecorder trace, List<HostAttempt> attempts,
            SiteVisit visit) {
        this.context = context;
        this.mail = mail;
        this.delivery = delivery;
        this.envelope = delivery.envelope();
        this.trace = trace;
        this.attempts = attempts;
        this.visit = visit;
        this.hosts = new HostDiscovery(new BlockingResolver(context.dns(), mail.lookups()), context.settings(), context.random(),
            delivery.nextHop(), trace, context.clock());
        this.deadline = now().plus(MAX_ATTEMPT);
    }

    private Instant now() {
        return context.clock().instant();
    }

    /** Tests whether a host may have the mail without having said so; then nobody else is asked for now. */
    boolean isUncertain() {
        return uncertain;
    }

    /** Tries the hosts until each recipient's fate is known; no outcome if the mail yields its turn. */
    List<Outcome> run() {
        trace.policy(delivery.policy());
        Policy policy = delivery.policy().policy();
        Routing routing = hosts.route(policy);
        trace.routing(routing);
        if (routing instanceof Routing.NoRoute none) {
            return withoutRoute(none);
        }
        if (!visit.enters((Routing.Route) routing)) {
            return List.of();
        }
        Routing.Route route = new MailGrouping.ReservedFirst(mail.succession().reserved()).of((Routing.Route) routing);
        int before = attempts.size();
        Optional<Routing.NoRoute> loop = walk(route, policy);
        if (visit.yielded()) {
            return List.of();
        }
        Optional<AuditRules.Audited> audited = AuditRules.finding(policy, attempts.subList(before, attempts.size()));
        Optional<AuditRules.Audited> found = audited.isPresent() ? audited : hosts.sts().finding(policy, tried);
        found.ifPresent(this::report);
        if (found.filter(each -> each.finding() == AuditRules.Finding.WOULD_HAVE_DEFERRED).isPresent()) {
            // RFC 7672 §9.1: what DANE would have held back was recorded; now the mail goes without. Where MTA-STS alone would have held
            // it back, DANE goes on to count.
            // It has its own time for that: a first pass that took all there was must not leave it without any attempt.
            attempts.subList(before, attempts.size()).clear();
            visit.beginAgain();
            deadline = now().plus(MAX_ATTEMPT);
            pass = AuditEvent.Pass.SECOND;
            hosts.sts().leaveOut();
            loop = walk(route, audited.isPresent() ? policy.withoutDane() : policy);
        }
        return loop.isPresent() && attempts.isEmpty() ? withoutRoute(loop.get())
            : OutcomeRules.conclude(HostSession.keys(envelope), attempts, policy);
    }

    private void report(AuditRules.Audited found) {
        trace.audited(found);
        context.audit().audited(delivery.nextHop(), found);
    }

    private List<Outcome> withoutRoute(Routing.NoRoute none) {
        if (none instanceof Routing.Deferred deferred) {
            report(() -> event(now(), begun(), new HostAttempt.Failed(deferred.failure())));
        }
        return OutcomeRules.conclude(HostSession.keys(envelope), none, delivery.nextHop().toString());
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
        Routing used = MxWalk.walk(route, policy, hosts.rules().ownAddresses().isEmpty(), host -> resolve(route, host),
            addresses -> visit(route, policy, addresses));
        return used instanceof Routing.NoRoute loop ? Optional.of(loop) : Optional.empty();
    }

    private Optional<HostAddresses> resolve(Routing.Route route, MxHost host) {
        if (isOver()) {
            return Optional.empty();
        }
        List<HostAddresses> resolved = new ArrayList<>();
        guarded(route, host, now(), () -> resolved.add(hosts.addresses(host)));
        return resolved.stream().findFirst();
    }

    private void visit(Routing.Route route, Policy policy, HostAddresses addresses) {
        if (isOver()) {
            return;
        }
        Instant started = now();
        trace.addresses(addresses);
        if (addresses instanceof HostAddresses.NotFound none) {
            unjudged(route, none.host(), started, none.failure());
        } else if (addresses instanceof HostAddresses.Found found) {
            guarded(route, found.host(), started, () -> tryHost(route, policy, found, started));
        }
    }

    /** Takes a step with one host; an unexpected error in it counts for that host, and the next is tried. */
    private void guarded(Routing.Route route, MxHost host, Instant started, Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            LOGGER.error("An unexpected error ended the attempt at {} for the mail {}", host, mail.name(), e);
            unjudged(route, host, started, HostFailureMapping.unexpected(host.toString(), e, Fault.DIALOGUE));
        }
    }

    private void unjudged(Routing.Route route, MxHost host, Instant started, HostFailure failure) {
        decision = Optional.of(StsRules.Decision.without(new TlsRequirement.HostNotUsed(host, failure)));
        record(started, begun().on(route), new HostAttempt.Failed(failure));
    }

    private boolean isOver() {
        return uncertain || visit.yielded() || remaining().isEmpty() || now().isAfter(deadline);
    }

    private void tryHost(Routing.Route route, Policy policy, HostAddresses.Found addresses, Instant started) {
        MxHost host = addresses.host();
        converting = host.equals(lastHost(route));
        HostDiscovery.Judged judged = hosts.judge(policy, route, addresses, envelope.requireTls());
        decision = Optional.of(judged.decision());
        AuditEvent.Progress progress = begun().on(route).judged(judged.discovery(), judged.requirement(),
            new AuditEvent.Sts(judged.sts(), judged.decision().part(), judged.decision().testedMismatch()));
        if (judged.requirement() instanceof TlsRequirement.HostNotUsed refused) {
            record(started, progress, new HostAttempt.Failed(refused.failure()));
            return;
        }
        List<InetAddress> usable = new MailGrouping.ReservedFirst(mail.succession().reserved())
            .of(addresses.addresses().stream().filter(context.settings().bind()::allows).toList());
        if (usable.isEmpty()) {
            record(started, progress, new HostAttempt.Failed(HostFailure.unreachable(host.toString(),
                "none of its addresses is of a family for which bind names a local address")));
        }
        for (int i = 0; i < usable.size(); i++) {
            if (isOver()) {
                return;
            }
            tryAddress(progress, judged, new InetSocketAddress(usable.get(i), delivery.nextHop().port()),
                i + 1 < usable.size() ? withBudget(context.settings().timeouts()) : context.settings().timeouts());
        }
    }

    private static MxHost lastHost(Routing.Route route) {
        List<MxHost> level = route.levels().get(route.levels().size() - 1);
        return level.get(level.size() - 1);
    }

    private Timeouts withBudget(Timeouts timeouts) {
        return timeouts.of(Phase.CONNECT).compareTo(CONNECT_BUDGET) < 0 ? timeouts : timeouts.withConnect(CONNECT_BUDGET);
    }

    private void tryAddress(AuditEvent.Progress progress, HostDiscovery.Judged judged, InetSocketAddress address, Timeouts timeouts) {
        decision = Optional.of(judged.decision());
        if (!visit.arrives(address.getAddress())) {
            return;
        }
        boolean convert = context.settings().conversion() == EightBitConversion.CONVERT;
        DialogueTerms terms = new DialogueTerms(delivery.nextHop().gateway(), converting && convert, false,
            context.pool().sessionLimits().rests(address), pass == AuditEvent.Pass.FIRST
                && MailGrouping.ReservedFirst.comesFirst(delivery.nextHop(), progress.route().orElseThrow(), judged.requirement().host(),
                    context.settings()),
            () -> !now().isAfter(deadline));
        Set<RecipientKey> wanted = remaining();
        Optional<MailTransfer.Refusal> before = Optional.empty();
        boolean again = true;
        while (again) {
            Instant started = now();
            Envelope part = to(wanted);
            HostSession.Result result = new HostSession(context, mail, judged, address, timeouts, terms).run(part);
            uncertain |= result.uncertain();
            again = result.isForAFreshConnection() && !uncertain;
            if (again) {
                context.metrics().count(MetricNames.CONNECTIONS_REFUSED);
            } else {
                visit.ended(result.attribution());
            }
            // What a used connection refused, and a fresh one is asked for at once, counts for nothing.
            (again ? decided(result) : Optional.of(result.attempt())).ifPresent(attempt -> record(attempt, () -> {
                result.connection().check().ifPresent(check -> traceCheck(judged.requirement(), result, check));
                return event(started, progress.connected(result.connection())
                    .tested(tested(judged.decision(), result.connection())), attempt);
            }));
            before.ifPresent(refused -> learn(judged.requirement().host(), address, refused, result));
            if (convert && !converting && isFor(FailureKind.EIGHTBIT_MISSING, result.attempt())) {
                withConversion.add(() -> guarded(progress.route().orElseThrow(), judged.requirement().host(), now(),
                    () -> tryAddress(progress, judged, address, timeouts)));
            }
            wanted = result.refusal().map(MailTransfer.Refusal::recipients).orElse(Set.of());
            before = result.refusal();
            terms = result.refusal().map(terms::after).orElse(terms);
        }
    }

    /** RFC 8461 §5: what a policy in mode "testing" finds wrong is reported, and changes nothing. */
    private Optional<HostFailure> tested(StsRules.Decision judged, AuditEvent.Connection made) {
        return judged.tested(context.settings().sts().anchors()).flatMap(required -> made.session().gaveUpTls()
            .map(failure -> HostFailureMapping.of(required.host().toString(), failure))
            .or(() -> made.channel().flatMap(channel -> ChannelCheck.of(required, channel, now()) instanceof ChannelCheck.Refused refused
                ? Optional.of(refused.failure()) : Optional.empty())));
    }

    private Envelope to(Set<RecipientKey> wanted) {
        return envelope.to(envelope.recipients().stream().filter(each -> wanted.contains(Outcomes.key(each))).toList());
    }

    private static boolean isFor(FailureKind kind, HostAttempt attempt) {
        return attempt instanceof HostAttempt.Failed failed && failed.failure().kind() == kind;
    }

    /** The attempt without the recipients whom a fresh connection is asked for; empty if there are no others. */
    private static Optional<HostAttempt> decided(HostSession.Result result) {
        if (!(result.attempt() instanceof HostAttempt.Transacted all)) {
            return Optional.empty();
        }
        Map<RecipientKey, RecipientReply> replies = new LinkedHashMap<>(all.replies());
        result.refusal().ifPresent(refused -> replies.keySet().removeAll(refused.recipients()));
        return replies.isEmpty() ? Optional.empty() : Optional.of(new HostAttempt.Transacted(all.server(), all.permit(), replies));
    }

    /** A fresh connection that did not come about says nothing, but where the host refused it. */
    private void learn(MxHost host, InetSocketAddress address, MailTransfer.Refusal refused, HostSession.Result fresh) {
        boolean transacted = fresh.attempt() instanceof HostAttempt.Transacted;
        if (refused.inGroup()) {
            if (isAccepted(fresh.attempt())) {
                MailGrouping.refused(context, host, address, "refused in a group what it takes without");
            }
        } else if (transacted || isFor(FailureKind.EARLY_REPLY, fresh.attempt())) {
            boolean same = !transacted || fresh.refusal()
                .filter(again -> again.mailsBefore() == 0 && again.phase().compareTo(refused.phase()) <= 0).isPresent();
            context.pool().sessionLimits().learn(address, refused.mailsBefore(), !same).ifPresent(limit -> LOGGER.info(
                "The host at {} refuses mails after {} over one connection; for a day connections to it end before", address, limit));
        }
    }

    /** Tests whether a host decided about a recipient for good, or may have taken the mail without saying so. */
    private boolean isDecided(HostAttempt attempt) {
        return uncertain || (attempt instanceof HostAttempt.Transacted transacted && transacted.replies().values().stream()
            .anyMatch(reply -> !(reply instanceof RecipientReply.Rejected rejected) || rejected.isPermanent()));
    }

    private static boolean isAccepted(HostAttempt attempt) {
        return attempt instanceof HostAttempt.Transacted transacted
            && transacted.replies().values().stream().anyMatch(RecipientReply.Accepted.class::isInstance);
    }

    private void traceCheck(TlsRequirement requirement, HostSession.Result result, ChannelCheck check) {
        result.connection().channel().ifPresent(channel -> trace.check(requirement.host(), channel, check));
    }

    private Set<RecipientKey> remaining() {
        return OutcomeRules.remaining(HostSession.keys(envelope), attempts);
    }

    /** Writes down what came of a host that was asked for nothing. */
    private void record(Instant started, AuditEvent.Progress progress, HostAttempt attempt) {
        visit.ended(new Attribution.ToDomain());
        record(attempt, () -> event(started, progress, attempt));
    }

    /** Writes down what came of a host before anything else is done with it, and then reports it. */
    private void record(HostAttempt attempt, Supplier<AuditEvent> event) {
        attempts.add(attempt);
        decision.ifPresent(judged -> tried.add(new StsRules.Tried(judged, attempt instanceof HostAttempt.Failed failed
            ? Optional.of(failed.failure()) : Optional.empty(), isDecided(attempt))));
        mail.passed(attempt);
        report(() -> {
            if (attempt instanceof HostAttempt.Failed failed) {
                trace.failure(failed.failure());
            }
            return event.get();
        });
    }

    private void report(Supplier<AuditEvent> event) {
        try {
            context.audit().attempted(event.get());
        } catch (Throwable e) {
            LOGGER.error("An attempt for the mail {} could not be reported", mail.name(), e);
        }
    }

    private AuditEvent.Progress begun() {
        return AuditEvent.Progress.of(pass, hosts.asked());
    }

    private AuditEvent event(Instant started, AuditEvent.Progress progress, HostAttempt attempt) {
        return new AuditEvent(started, Duration.between(started, now()), delivery, progress, attempt, List.of());
    }
}
