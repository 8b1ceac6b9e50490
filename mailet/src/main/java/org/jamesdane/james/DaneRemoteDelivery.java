/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.domainlist.api.DomainList;
import org.apache.james.domainlist.api.DomainListException;
import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.queue.api.MailPrioritySupport;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueFactory;
import org.apache.james.queue.api.MailQueueName;
import org.apache.mailet.Mail;
import org.apache.mailet.ProcessingState;
import org.apache.mailet.base.GenericMailet;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.delivery.DeliveryWorker;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.monitoring.MetricsAudit;
import org.jamesdane.delivery.monitoring.TimedDns;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.dns.DomainName;
import org.jamesdane.smtp.Envelope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends mail to other servers under DANE (RFC 7672); stands in {@code mailetcontainer.xml} where RemoteDelivery stood and takes its
 * parameters.
 *
 * <p>A mail is put into James's queue, one item for each recipient domain, and leaves the spool; the delivery itself happens from there.
 */
public final class DaneRemoteDelivery extends GenericMailet {
    private static final Logger LOGGER = LoggerFactory.getLogger(DaneRemoteDelivery.class);

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
    private @Nullable MailetParameters parameters;
    private @Nullable QueueEntry entry;

    @Inject
    DaneRemoteDelivery(DaneEngine engine, MailQueueFactory<?> queues, DomainList domains, MailRepositoryStore repositories,
            FileSystem files, MetricFactory metricFactory) {
        this.engine = engine;
        this.repositories = repositories;
        this.files = files;
        this.queues = queues;
        this.domains = domains;
        this.metricFactory = metricFactory;
    }

    @Override
    public void init() throws MessagingException {
        MailetParameters read = MailetParameters.parse(initParameters());
        MailQueue outgoing = openQueue(MailQueueName.of(read.outgoing()));
        parameters = read;
        entry = new QueueEntry(outgoing);
        DeliverySettings settings = settings(read);
        DeliveryMetrics metrics = new JamesMetrics(metricFactory);
        DeliveryAttempt attempt = new DeliveryAttempt(new TimedDns(engine.dns(), metrics), engine.connections(), settings,
            DeliveryAudit.all(new RecordingAudit(new AuditLog(engine.properties()), engine.statistics()), new MetricsAudit(metrics)),
            engine.clock(), engine.random(), metrics);
        JamesOutcomes outcomes = new JamesOutcomes(getMailetContext(), read.onSuccess(), read.bounceProcessor(), read.delayProcessor(),
            new DsnSender(settings.heloName(), engine.clock(), engine.properties().noticeText()));
        engine.consume(outgoing, read, (dispatcher, run) -> {
            BiFunction<Mail, Envelope, JamesMail> mails = (mail, envelope) ->
                new JamesMail(mail, envelope, read.policy(), engine.properties().content());
            DeferralBackend deferrals = new DeferralForms(engine, repositories, files, queues).open(outgoing, read, mails);
            DeliveryWorker<JamesMail> worker = new DeliveryWorker<>(attempt, deferrals, outcomes, read.rules(), engine.clock(),
                engine.random(), engine.patience(), engine.aside(), engine.gate(), metrics);
            return new OutboundQueue(outgoing, mails, outcomes, worker, deferrals, dispatcher, mail -> destination(read, mail), run);
        });
        HeloName.doubt(settings.heloName()).ifPresent(LOGGER::warn);
        engine.describe(read.outgoing(), settings, read.policy());
        LOGGER.info("Mail of the queue {} is delivered as {}, for {} at the longest", read.outgoing(), settings.heloName(),
            read.schedule().lifetime());
    }

    /** Mails that go to the same hosts under the same conditions: what fails for one is likely to fail for the others. */
    private static String destination(MailetParameters read, Mail mail) {
        String where = read.gateways().isEmpty()
            ? mail.getRecipients().stream().findFirst().map(recipient -> recipient.getDomain().asString()).orElse("-")
            : read.gateways().toString();
        return PolicyDemand.of(mail, read.policy()).map(demand -> where + " under " + demand.policy()).orElse(where);
    }

    private MailQueue openQueue(MailQueueName name) {
        MailQueueFactory.PrefetchCount prefetch = MailQueueFactory.prefetchCount(engine.properties().concurrency().inHand());
        MailQueue opened = queues.createQueue(name, prefetch);
        if (opened.getClass().getName().startsWith(REFERENCE_COUNTING_QUEUE)) {
            for (int i = 0; i < SPARE_REFERENCES; i++) {
                queues.createQueue(name, prefetch);
            }
        }
        return opened;
    }

    private Map<String, String> initParameters() {
        Map<String, String> values = new HashMap<>();
        getInitParameterNames().forEachRemaining(name -> values.put(name, Optional.ofNullable(getInitParameter(name)).orElse("")));
        return values;
    }

    private DeliverySettings settings(MailetParameters read) {
        DaneProperties properties = engine.properties();
        String heloName = read.heloName().orElseGet(this::defaultDomain);
        Set<DomainName> ownNames = DomainName.parse(heloName).map(Set::of).orElse(Set.of());
        return new DeliverySettings(engine.policies(),
            new RoutingRules(ownNames, properties.ownAddresses(), properties.allowedSpecialTargets(),
                RoutingRules.DEFAULT_MAX_HOSTS, RoutingRules.DEFAULT_MAX_ADDRESSES),
            properties.insecureMx(), read.wrapperTls() ? MailetParameters.SUBMISSIONS_PORT : properties.smtpPort(), read.wrapperTls(),
            heloName, read.bind(), read.timeouts(),
            properties.tlsOffer(), read.gateways(), read.gatewayOptions(properties.insecureGatewayAuth()), read.convert8bit(),
            new DeliverySettings.SenderWishes(properties.honourTlsOptional(), PlatformTrustAnchors.all()));
    }

    private String defaultDomain() {
        try {
            return HeloName.checked(domains.getDefaultDomain().asString());
        } catch (DomainListException | IllegalArgumentException e) {
            throw new ConfigurationError("The mailet DaneRemoteDelivery: heloName is not set, and James's default domain is no name "
                + "for a server; set heloName to the name of this server.", e);
        }
    }

    @Override
    public void service(Mail mail) throws MessagingException {
        QueueEntry into = required(entry);
        MailetParameters read = required(parameters);
        if (read.usePriority()) {
            mail.setAttribute(MailPrioritySupport.HIGH_PRIORITY_ATTRIBUTE);
        }
        MailAttributes.forgetDelivery(mail);
        MailAttributes.setDue(mail, engine.clock().instant());
        if (mail.getRecipients().isEmpty()) {
            LOGGER.warn("The mail {} has no recipients; nothing is delivered", mail.getName());
        } else if (!into.enter(mail, read.gateways().isEmpty())) {
            LOGGER.warn("The mail {} is left to the spool, which James reads anew", mail.getName());
        }
        mail.setState(Mail.GHOST);
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("The mailet DaneRemoteDelivery was not initialised");
        }
        return value;
    }

    @Override
    public void destroy() {
        engine.close();
    }

    @Override
    public Collection<ProcessingState> requiredProcessingState() {
        MailetParameters read = required(parameters);
        return Stream.of(read.bounceProcessor(), read.onSuccess(), read.delayProcessor()).flatMap(Optional::stream)
            .map(ProcessingState::new).toList();
    }

    @Override
    public String getMailetInfo() {
        return "Outbound delivery with DANE (RFC 7672)";
    }
}
