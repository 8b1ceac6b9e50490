/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james39;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.util.List;
import java.util.Properties;

import com.google.inject.Inject;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import org.apache.james.GuiceJamesServer;
import org.apache.james.core.MaybeSender;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.apache.james.modules.MailetProcessingModule;
import org.apache.james.modules.server.DefaultProcessorsConfigurationProviderModule;
import org.apache.james.queue.api.MailQueueFactory;
import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.configuration.Configuration;
import org.apache.james.utils.GuiceProbe;

/**
 * A James 3.9 without protocols: mail is put into its spool, and goes through its processors.
 */
public final class MailetContainer {
    private final GuiceJamesServer server;

    private MailetContainer(GuiceJamesServer server) {
        this.server = server;
    }

    /** Gives access to what runs inside. */
    static final class Probe implements GuiceProbe {
        private final MailQueueFactory<?> queues;
        private final MailRepositoryStore repositories;

        @Inject
        Probe(MailQueueFactory<?> queues, MailRepositoryStore repositories) {
            this.queues = queues;
            this.repositories = repositories;
        }
    }

    /**
     * Starts the container.
     *
     * @param workingDirectory holds {@code conf} and {@code extensions-jars}
     */
    public static MailetContainer start(File workingDirectory) throws Exception {
        GuiceJamesServer server = GuiceJamesServer
            .forConfiguration(Configuration.builder().workingDirectory(workingDirectory).build())
            .combineWith(new MailetProcessingModule(), new DefaultProcessorsConfigurationProviderModule(), new InMemoryModule());
        server.start();
        return new MailetContainer(server);
    }

    /**
     * Puts a mail into the spool, as James's SMTP server does with mail it has accepted.
     *
     * @param sender the reverse path, empty for the null sender
     * @param message header and body
     */
    public void submit(String sender, List<String> recipients, byte[] message) throws Exception {
        MailImpl mail = MailImpl.builder().name(MailImpl.getId())
            .sender(MaybeSender.getMailSender(sender))
            .addRecipients(recipients.toArray(String[]::new))
            .mimeMessage(new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(message)))
            .build();
        probe().queues.getQueue(MailQueueFactory.SPOOL).orElseThrow().enQueue(mail);
    }

    /** Number of mails in a repository. */
    public long sizeOf(String repositoryUrl) throws Exception {
        return probe().repositories.select(MailRepositoryUrl.from(repositoryUrl)).size();
    }

    /** Stops the container. */
    public void stop() {
        server.stop();
    }

    private Probe probe() {
        return server.getProbe(Probe.class);
    }
}
