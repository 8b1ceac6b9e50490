/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

import javax.mail.MessagingException;

import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.apache.james.mailrepository.api.Protocol;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueFactory;
import org.apache.mailet.Mail;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.store.PostgresConnections;
import org.jamesdane.store.WaitingMails;
import org.jamesdane.store.WaitingRecipients;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the form in which the deferred mail of a queue waits. */
final class DeferralForms {
    private static final Logger LOGGER = LoggerFactory.getLogger(DeferralForms.class);

    private final DaneEngine engine;
    private final MailRepositoryStore repositories;
    private final FileSystem files;
    private final MailQueueFactory<?> queues;

    DeferralForms(DaneEngine engine, MailRepositoryStore repositories, FileSystem files, MailQueueFactory<?> queues) {
        this.engine = engine;
        this.repositories = repositories;
        this.files = files;
        this.queues = queues;
    }

    /**
     * Opens it for one queue.
     *
     * @param mails makes a mail as delivery sees it
     * @throws ConfigurationError if it can't be used
     */
    OutboundQueue.Deferred open(MailQueue queue, MailetParameters read, BiFunction<Mail, Envelope, JamesMail> mails) {
        DeferralBackend opened = form(queue, read, mails);
        places().opened(read.outgoing(), opened, former(read.outgoing()));
        return new OutboundQueue.Deferred(opened, engine.mailConnections().<Releases>map(connections -> new ReleasedRows(read.outgoing(),
            waiting(connections), engine.clock(), read.schedule().longestWait())).orElse(Releases.NONE));
    }

    private static WaitingMails waiting(PostgresConnections connections) {
        return new WaitingMails(connections, WaitingMails.Leases.DEFAULTS);
    }

    private DeferralPlaces places() {
        return engine.deferralPlaces(() -> new DeferralPlaces(new MailElsewhere.Where(
            engine.properties().store().directory().resolve(FileDeferralStore.DIRECTORY), repositories, files, queues,
            engine.mailConnections().map(WaitingRecipients::new)), engine.clock(), DeferralPlaces.PATIENCE, engine.patience()));
    }

    /** Repositories that earlier versions left on this server, whatever the form is now. */
    private Map<Path, TakeOver.Opening> former(String queue) {
        Map<Path, TakeOver.Opening> former = new LinkedHashMap<>();
        for (MailRepositoryUrl url : engine.properties().mail().deferral().formerFiles(queue)) {
            directory(url).ifPresent(path -> former.put(path, () -> repositories.select(url)));
        }
        return former;
    }

    private DeferralBackend form(MailQueue queue, MailetParameters read, BiFunction<Mail, Envelope, JamesMail> mails) {
        DeferralSettings settings = engine.properties().mail().deferral();
        Optional<String> protocol = repositories.defaultProtocol().map(Protocol::getValue);
        DeferralSettings.Store form = settings.form(queue.getClass().getName(), engine.properties().store().database().isPresent(),
            protocol);
        return switch (form) {
            case QUEUE -> new QueueDeferralStore(queue, engine.clock(), read.handling().usePriority());
            case DATABASE -> inDatabase(queue, read, mails);
            case FILES -> inFiles(queue, read, settings);
            default -> inRepository(queue, read, settings.urlFor(read.outgoing(), protocol));
        };
    }

    private DeferralBackend inDatabase(MailQueue queue, MailetParameters read, BiFunction<Mail, Envelope, JamesMail> mails) {
        PostgresConnections connections = engine.mailConnections().orElseThrow();
        places().read().rows(read.outgoing());
        LOGGER.info("Deferred mail of the queue {} ({}) is kept in {}", read.outgoing(), queue.getClass().getSimpleName(), connections);
        WaitingMails waiting = waiting(connections);
        HeldMails held = new HeldMails(waiting, mails, () -> engine.random().nextLong(1, HeldMails.MAX_TOKEN));
        return new DatabaseDeferralStore(queue, waiting, new WaitingRecipients(connections), held, engine.clock(),
            new DatabaseDeferralStore.Limits(read.handling().usePriority(), engine.properties().smtp().concurrency().deliveries(),
                read.schedule().longestDelay(), read.schedule().lifetime()));
    }

    private DeferralBackend inFiles(MailQueue queue, MailetParameters read, DeferralSettings settings) {
        if (settings.store() == DeferralSettings.Store.REPOSITORY) {
            LOGGER.warn("deferral.store=repository means files where the repository is one in files; set deferral.store=files and take "
                + "deferral.repository away once its mail is taken over");
        }
        Path directory = engine.properties().store().directory().resolve(FileDeferralStore.DIRECTORY)
            .resolve(FileDeferralStore.directoryOf(read.outgoing()));
        places().read().directory(FileDeferralStore.directoryOf(read.outgoing()));
        return FileDeferralStore.open(queue, directory, engine.clock(), rules(read), engine.random()::nextLong);
    }

    private Optional<Path> directory(MailRepositoryUrl url) {
        try {
            return Optional.of(files.getFile(url.asString()).toPath());
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    private DeferralRules rules(MailetParameters read) {
        return new DeferralRules(read.handling().usePriority(), engine.properties().smtp().concurrency().deliveries(),
            read.schedule().longestDelay(), read.schedule().lifetime());
    }

    private DeferralBackend inRepository(MailQueue queue, MailetParameters read, MailRepositoryUrl url) {
        places().read().repository(url.asString());
        LOGGER.info("Deferred mail of the queue {} ({}) is kept in {}", read.outgoing(), queue.getClass().getSimpleName(), url.asString());
        ClaimedDeferrals claimed = new ClaimedDeferrals("The repository " + url.asString() + " of deferred mail of the queue "
            + read.outgoing(), new Repository(queue, read, url), engine.patience());
        try {
            claimed.open();
            return claimed;
        } catch (RepositoryClaim.TakenException e) {
            throw new ConfigurationError("dane.properties: deferral.node: the repository " + url.asString() + " for deferred mail of the "
                + "queue " + read.outgoing() + " is taken (" + e.getMessage() + "); give each server its own name, or stop the "
                + "other one.", e);
        } catch (MailRepositoryStore.MailRepositoryStoreException e) {
            throw new ConfigurationError("dane.properties: deferral.repository: the repository " + url.asString() + " for deferred mail of "
                + "the queue " + read.outgoing() + " can't be used (" + e.getMessage() + "); name one whose protocol stands in "
                + "mailrepositorystore.xml and that this server may write, or set deferral.store=files.", e);
        }
    }

    /** The repositories of one queue, opened as often as it takes. */
    private final class Repository implements ClaimedDeferrals.Source {
        private final MailQueue queue;
        private final MailetParameters read;
        private final MailRepositoryUrl url;

        Repository(MailQueue queue, MailetParameters read, MailRepositoryUrl url) {
            this.queue = queue;
            this.read = read;
            this.url = url;
        }

        @Override
        public RepositoryClaim claim() throws MailRepositoryStore.MailRepositoryStoreException {
            return new RepositoryClaim(repositories.select(MailRepositoryUrl.from(url.asString() + DailyRepository.CLAIM)),
                String.format("%016x", engine.random().nextLong()), engine.clock());
        }

        @Override
        public DeferralBackend store() throws MailRepositoryStore.MailRepositoryStoreException, MessagingException {
            return new RepositoryDeferralStore(queue, new DailyRepository(repositories, url, engine.clock()), engine.clock(),
                read.handling().usePriority(), engine.properties().smtp().concurrency().deliveries(), read.schedule().longestDelay());
        }
    }
}
