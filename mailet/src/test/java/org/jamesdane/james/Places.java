/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.File;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.mailrepository.api.MailRepositoryPath;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.apache.james.mailrepository.api.Protocol;
import org.apache.james.mailrepository.memory.MemoryMailRepository;
import org.apache.james.queue.api.RawMailQueueItemDecoratorFactory;
import org.apache.james.queue.memory.MemoryMailQueueFactory;
import org.jamesdane.store.WaitingRecipients;

/** A James without a process, as far as places for deferred mail go. */
final class Places {
    private Places() {
    }

    static MailElsewhere.Where at(Path waiting, MailRepositoryStore repositories, Optional<WaitingRecipients> database) {
        return new MailElsewhere.Where(waiting, repositories, new NoFiles(),
            new MemoryMailQueueFactory(new RawMailQueueItemDecoratorFactory()), database);
    }

    /** Repositories in memory. */
    static final class Repositories implements MailRepositoryStore {
        final Map<String, MailRepository> all = new ConcurrentHashMap<>();
        /** The URLs that were selected, as often as they were. */
        final List<String> opened = new CopyOnWriteArrayList<>();

        MailRepository repository(String url) {
            return all.computeIfAbsent(url, key -> new MemoryMailRepository());
        }

        @Override
        public MailRepository select(MailRepositoryUrl url) {
            opened.add(url.asString());
            return repository(url.asString());
        }

        @Override
        public Optional<Protocol> defaultProtocol() {
            return Optional.empty();
        }

        @Override
        public Optional<MailRepository> get(MailRepositoryUrl url) {
            return Optional.ofNullable(all.get(url.asString()));
        }

        @Override
        public Stream<MailRepository> getByPath(MailRepositoryPath path) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Stream<MailRepositoryUrl> getUrls() {
            return all.keySet().stream().map(MailRepositoryUrl::from);
        }
    }

    private static final class NoFiles implements FileSystem {
        @Override
        public InputStream getResource(String url) {
            throw new UnsupportedOperationException(url);
        }

        @Override
        public File getFile(String url) {
            throw new UnsupportedOperationException(url);
        }

        @Override
        public File getBasedir() {
            throw new UnsupportedOperationException();
        }
    }
}
