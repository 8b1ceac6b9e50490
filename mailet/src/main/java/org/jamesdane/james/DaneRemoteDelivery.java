/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.domainlist.api.DomainList;
import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.queue.api.MailPrioritySupport;
import org.apache.james.queue.api.MailQueueFactory;
import org.apache.mailet.Mail;
import org.apache.mailet.ProcessingState;
import org.apache.mailet.base.GenericMailet;
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

    private final DaneEngine engine;
    private final DeliveryComposition composition;
    private @Nullable MailetParameters parameters;
    private @Nullable QueueEntry entry;

    @Inject
    DaneRemoteDelivery(DaneEngine engine, MailQueueFactory<?> queues, DomainList domains, MailRepositoryStore repositories,
            FileSystem files, MetricFactory metricFactory) {
        this.engine = engine;
        this.composition = new DeliveryComposition(engine, queues, domains, repositories, files, metricFactory);
    }

    @Override
    public void init() throws MessagingException {
        MailetParameters read = MailetParameters.parse(initParameters());
        parameters = read;
        entry = new QueueEntry(composition.deliver(read, getMailetContext()));
    }

    private Map<String, String> initParameters() {
        Map<String, String> values = new HashMap<>();
        getInitParameterNames().forEachRemaining(name -> values.put(name, Optional.ofNullable(getInitParameter(name)).orElse("")));
        return values;
    }

    @Override
    public void service(Mail mail) throws MessagingException {
        QueueEntry into = required(entry);
        MailetParameters read = required(parameters);
        if (read.handling().usePriority()) {
            mail.setAttribute(MailPrioritySupport.HIGH_PRIORITY_ATTRIBUTE);
        }
        if (mail.getRecipients().isEmpty()) {
            LOGGER.warn("The mail {} has no recipients; nothing is delivered", mail.getName());
        } else if (!into.enter(mail, read.gateway().hosts().isEmpty(), engine.clock().instant())) {
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
        return Stream.of(read.processors().bounce(), read.processors().success(), read.processors().delay()).flatMap(Optional::stream)
            .map(ProcessingState::new).toList();
    }

    @Override
    public String getMailetInfo() {
        return "Outbound delivery with DANE (RFC 7672)";
    }
}
