/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.delivery.blame.Blame;
import org.jamesdane.delivery.blame.WitnessedMail;
import org.jamesdane.delivery.blame.Witnesses;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.sts.StsJudge;
import org.jamesdane.delivery.sts.StsSearch;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.SmtpConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries once to deliver a mail: to the hosts of its recipients' domain, or to the gateways.
 */
public final class DeliveryAttempt {
    private static final Logger LOGGER = LoggerFactory.getLogger(DeliveryAttempt.class);
    private static final CompletableFuture<?> NOTHING = CompletableFuture.completedFuture(null);

    private final DeliveryContext context;
    private final Witnesses witnesses = new Witnesses();

    /**
     * Takes what an attempt works with.
     *
     * @param pool makes the connections and keeps them for later deliveries
     * @param audit hears of every host; its exceptions are caught
     * @param random decides the order of equals
     * @param metrics count and measure; their exceptions are caught
     */
    public DeliveryAttempt(SecureDns dns, ConnectionPool pool, DeliverySettings settings, DeliveryAudit audit,
            InstantSource clock, RandomGenerator random, DeliveryMetrics metrics) {
        context = new DeliveryContext(dns, pool, settings, DeliveryAudit.guarded(audit), DeliveryMetrics.guarded(metrics), clock, random);
    }

    /** The same with a connection of its own for every mail, and without measuring. */
    public DeliveryAttempt(SecureDns dns, SmtpConnector connector, DeliverySettings settings, DeliveryAudit audit,
            InstantSource clock, RandomGenerator random) {
        this(dns, connector, settings, audit, clock, random, DeliveryMetrics.NONE);
    }

    /** The same with a connection of its own for every mail. */
    public DeliveryAttempt(SecureDns dns, SmtpConnector connector, DeliverySettings settings, DeliveryAudit audit,
            InstantSource clock, RandomGenerator random, DeliveryMetrics metrics) {
        this(dns, new ConnectionPool(connector, ConnectionPool.Limits.NO_REUSE, clock), settings, audit, clock, random, metrics);
    }

    /** The rule for blame, by the mails that got past the steps of an attempt. */
    public Blame blame() {
        return new Blame(witnesses, context.audit(), context.metrics());
    }

    /**
     * Begins the search for the MTA-STS policy of a mail's domain, and waits for its first fetch for a limited time. The MX records are
     * asked for beside it, so that the wait costs no time of theirs.
     *
     * @param last whether the attempt may be the mail's last, before which the TXT record is asked for anew (RFC 8461 §5.1)
     * @param next called once, at once where nothing is to be waited for
     */
    public void prepare(QueuedMail<?> mail, BooleanSupplier last, Runnable next) {
        context.settings().sts().waitingRoom().enter(policies(mail, last), next);
    }

    /** The end of the searches for the policies of the next hops. */
    private CompletableFuture<?> policies(QueuedMail<?> mail, BooleanSupplier last) {
        DeliverySettings settings = context.settings();
        try {
            if (settings.sts().use() == StsDemand.Use.OFF) {
                return NOTHING;
            }
            if (!settings.gateways().isEmpty()) {
                return settings.sts().gateways() ? policies(settings.gateways(), last) : NOTHING;
            }
            List<NextHop> nextHop = mail.recipientDomain().map(domain -> NextHop.ofRecipientDomain(domain, settings.port())).stream()
                .toList();
            CompletableFuture<?> policies = policies(nextHop, last);
            nextHop.stream().filter(hop -> !policies.isDone()).flatMap(hop -> hop.domain().stream())
                .forEach(domain -> context.dns().lookup(domain, RecordType.MX));
            return policies;
        } catch (Throwable e) {
            LOGGER.error("The search for the MTA-STS policy of a mail's domain could not begin; the mail has its turn", e);
            return NOTHING;
        }
    }

    private CompletableFuture<?> policies(List<NextHop> nextHops, BooleanSupplier last) {
        boolean anew = last.getAsBoolean();
        return CompletableFuture.allOf(nextHops.stream().map(hop -> search(hop, anew).whole()).toArray(CompletableFuture<?>[]::new));
    }

    private StsSearch search(NextHop nextHop, boolean last) {
        StsJudge judge = new StsJudge(context.settings().sts(), nextHop, context.clock());
        if (last) {
            judge.askAnew();
        }
        judge.begin(context.settings().policies().select(nextHop, context.clock().instant()).policy());
        return judge.search();
    }

    /** Tries to deliver: one outcome for each recipient, whatever happens to one host. */
    public List<Outcome> deliver(OutboundMail mail) {
        return deliver(mail, new SiteVisit(SitePass.FREE));
    }

    /**
     * Tries to deliver, as the other method does, where the site of the mail has a place for it.
     *
     * @return the outcomes; of no meaning if the visit {@linkplain SiteVisit#yielded yielded}
     */
    public List<Outcome> deliver(OutboundMail mail, SiteVisit visit) {
        WitnessedMail witnessed = new WitnessedMail(mail, witnesses, context.clock());
        List<Outcome> outcomes = new ArrayList<>();
        Map<List<NextHop>, List<Recipient>> groups = groups(mail.envelope());
        for (Map.Entry<List<NextHop>, List<Recipient>> group : groups.entrySet()) {
            // What was said to one group's hosts can't be taken back for want of a place at another's.
            NextHopDelivery delivery = new NextHopDelivery(context, witnessed, groups.size() == 1 ? visit : new SiteVisit(SitePass.FREE));
            outcomes.addAll(deliver(delivery, group.getKey(), mail.envelope().to(group.getValue()), mail.name()));
        }
        if (!visit.yielded() && outcomes.stream().noneMatch(Outcomes::isOwnFault)) {
            witnessed.passed(Fault.ATTEMPT);
        }
        return outcomes;
    }

    /** Delivers to one group; an unexpected error there takes nothing back of what was decided for another. */
    private static List<Outcome> deliver(NextHopDelivery delivery, List<NextHop> nextHops, Envelope envelope, String name) {
        try {
            return delivery.deliver(nextHops, envelope);
        } catch (Throwable e) {
            LOGGER.error("An unexpected error interrupted the delivery of the mail {}; it is tried again later", name, e);
            return envelope.recipients().stream().map(recipient -> Outcomes.ownFault(Outcomes.key(recipient))).toList();
        }
    }

    /** Mail of one queue item goes to one domain; an item written for a gateway may be left from before a change of configuration. */
    private Map<List<NextHop>, List<Recipient>> groups(Envelope envelope) {
        if (!context.settings().gateways().isEmpty()) {
            return Map.of(gateways(), envelope.recipients());
        }
        Map<List<NextHop>, List<Recipient>> groups = new LinkedHashMap<>();
        for (Recipient recipient : envelope.recipients()) {
            NextHop nextHop = NextHop.ofRecipientDomain(recipient.domain(), context.settings().port());
            groups.computeIfAbsent(List.of(nextHop), key -> new ArrayList<>()).add(recipient);
        }
        return groups;
    }

    private List<NextHop> gateways() {
        List<NextHop> order = new ArrayList<>(context.settings().gateways());
        if (context.settings().gatewayOptions().loadBalancing()) {
            for (int i = order.size() - 1; i > 0; i--) {
                Collections.swap(order, i, context.random().nextInt(i + 1));
            }
        }
        return order;
    }
}
