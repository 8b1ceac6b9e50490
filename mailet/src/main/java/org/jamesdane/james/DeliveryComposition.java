/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Set;
import java.util.function.BiFunction;

import org.apache.james.domainlist.api.DomainList;
import org.apache.james.domainlist.api.DomainListException;
import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueFactory;
import org.apache.james.queue.api.MailQueueName;
import org.apache.mailet.Mail;
import org.apache.mailet.MailetContext;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.delivery.DeliveryWorker;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.monitoring.MetricsAudit;
import org.jamesdane.delivery.monitoring.TimedDns;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.sts.StsTerms;
import org.jamesdane.dns.DomainName;
import org.jamesdane.smtp.Envelope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wiring of one mailet's delivery: its queue, attempts, worker, deferral store and notices, on the parts that all mailets share. */
final class DeliveryComposition {
    private static final Logger LOGGER = LoggerFactory.getLogger(DeliveryComposition.class);

    /**
     * The memory queue counts who uses it and, with the last one, throws its mail away. Webadmin's listing of a queue's mails takes one
     * reference and gives two back (seen in 3.8.1). So the second listing would end the queue with all deferred mail.
     */
    private static final String REFERENCE_COUNTING_QUEUE = "org.apache.james.queue.memory.";
    /** Enough for a listing every minute of two months; a reference is a number. */
    private static final int SPARE_REFERENCES = 100_000;

    private final DaneEngine engine;
    private final MailQueueFactory<?> queues;
    private final DomainList domains;
    private final MailRepositoryStore repositories;
    private final FileSystem files;
    private final MetricFactory metricFactory;

    DeliveryComposition(DaneEngine engine, MailQueueFactory<?> queues, DomainList domains, MailRepositoryStore repositories,
            FileSystem files, MetricFactory metricFactory) {
        this.engine = engine;
        this.queues = queues;
        this.domains = domains;
        this.repositories = repositories;
        this.files = files;
        this.metricFactory = metricFactory;
    }

    /**
     * Opens the queue of a mailet, and delivers what is in it from now on.
     *
     * @return the queue
     * @throws ConfigurationError if the parameters can't be met here
     */
    MailQueue deliver(MailetParameters read, MailetContext context) {
        MailQueue outgoing = openQueue(MailQueueName.of(read.outgoing()));
        DeliverySettings settings = settings(read);
        DeliveryMetrics metrics = new JamesMetrics(metricFactory);
        JamesOutcomes outcomes = outcomes(read, context, settings.heloName());
        engine.consume(outgoing, read, run -> {
            BiFunction<Mail, Envelope, JamesMail> mails = (mail, envelope) ->
                new JamesMail(mail, envelope, read.policy(), engine.properties().mail().content());
            OutboundQueue.Deferred deferred = new DeferralForms(engine, repositories, files, queues).open(outgoing, read, mails);
            DeliveryWorker<JamesMail> worker = new DeliveryWorker<>(attempt(settings, metrics), deferred.store(), outcomes, read.rules(),
                new DeliveryWorker.Surroundings(engine.clock(), engine.random(), engine.gate(), metrics), engine.patience(),
                engine.aside());
            return new OutboundQueue(outgoing, mails, outcomes, worker, deferred, mail -> destination(read, mail), run);
        });
        HeloName.doubt(settings.heloName()).ifPresent(LOGGER::warn);
        engine.probeSettings().add(read.outgoing(), settings, read.policy());
        LOGGER.info("Mail of the queue {} is delivered as {}, for {} at the longest", read.outgoing(), settings.heloName(),
            read.schedule().lifetime());
        return outgoing;
    }

    private DeliveryAttempt attempt(DeliverySettings settings, DeliveryMetrics metrics) {
        return new DeliveryAttempt(new TimedDns(engine.dns(), metrics), engine.connections(), settings,
            DeliveryAudit.all(new RecordingAudit(new AuditLog(engine.properties()), engine.statistics()), new MetricsAudit(metrics)),
            engine.clock(), engine.random(), metrics);
    }

    private JamesOutcomes outcomes(MailetParameters read, MailetContext context, String heloName) {
        return new JamesOutcomes(context, read.processors().success(), read.processors().bounce(), read.processors().delay(),
            new DsnSender(heloName, engine.clock(), engine.properties().mail().noticeText()));
    }

    /** Mails that go to the same hosts under the same conditions: what fails for one is likely to fail for the others. */
    private static String destination(MailetParameters read, Mail mail) {
        String where = read.gateway().hosts().isEmpty()
            ? mail.getRecipients().stream().findFirst().map(recipient -> recipient.getDomain().asString()).orElse("-")
            : read.gateway().hosts().toString();
        return PolicyDemand.of(mail, read.policy()).map(demand -> where + " under " + demand.policy()).orElse(where);
    }

    private MailQueue openQueue(MailQueueName name) {
        MailQueueFactory.PrefetchCount prefetch = MailQueueFactory.prefetchCount(engine.properties().smtp().concurrency().inHand());
        MailQueue opened = queues.createQueue(name, prefetch);
        if (opened.getClass().getName().startsWith(REFERENCE_COUNTING_QUEUE)) {
            for (int i = 0; i < SPARE_REFERENCES; i++) {
                queues.createQueue(name, prefetch);
            }
        }
        return opened;
    }

    private DeliverySettings settings(MailetParameters read) {
        SmtpSettings smtp = engine.properties().smtp();
        PolicySettings policy = engine.properties().policy();
        StsTerms sts = engine.mtaSts().terms();
        String heloName = read.connection().heloName().orElseGet(this::defaultDomain);
        Set<DomainName> ownNames = DomainName.parse(heloName).map(Set::of).orElse(Set.of());
        RoutingRules routing = new RoutingRules(ownNames, smtp.ownAddresses(), smtp.allowedSpecialTargets(),
            RoutingRules.DEFAULT_MAX_HOSTS, RoutingRules.DEFAULT_MAX_ADDRESSES);
        MailetParameters.Connection connection = read.connection();
        return new DeliverySettings(new DeliverySettings.Decision(engine.policies(), routing, policy.insecureMx(), sts),
            new DeliverySettings.Connection(connection.wrapperTls() ? MailetParameters.SUBMISSIONS_PORT : smtp.port(),
                connection.wrapperTls(), heloName, connection.bind(), connection.timeouts(), smtp.tlsOffer()),
            read.gateway().hosts(), read.gatewayOptions(smtp.insecureGatewayAuth(), sts.anchors()), read.handling().convert8bit(),
            new DeliverySettings.SenderWishes(policy.honourTlsOptional(), sts.anchors()));
    }

    private String defaultDomain() {
        try {
            return HeloName.checked(domains.getDefaultDomain().asString());
        } catch (DomainListException | IllegalArgumentException e) {
            throw new ConfigurationError("The mailet DaneRemoteDelivery: heloName is not set, and James's default domain is no name "
                + "for a server; set heloName to the name of this server.", e);
        }
    }
}
