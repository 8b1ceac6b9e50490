/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.mailrepository.api.MailRepositoryPath;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.apache.james.mailrepository.api.Protocol;
import org.apache.james.mailrepository.memory.MemoryMailRepository;
import org.apache.james.server.core.MailImpl;
import org.jamesdane.delivery.DeferredImport;
import org.jamesdane.delivery.DeferredSelection;
import org.jamesdane.delivery.MailHistory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail that waits where nobody reads it. */
class DeferralPlacesTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final String OLD = "cassandra://var/dane/deferred/lost-node/outgoing";

    private final DelayIgnoringQueue queue = new DelayIgnoringQueue();
    private final Random random = new Random(4711);
    private final Path waiting;
    private final Repositories repositories = new Repositories();
    private final FileSystem files = new NoFiles();
    private final DeferralPlaces places;
    private final FileDeferralStore store;

    DeferralPlacesTest(@TempDir Path waiting) {
        this.waiting = waiting;
        places = new DeferralPlaces(repositories, files, waiting, () -> NOON);
        store = open("outgoing");
        places.opened("outgoing", store);
        places.reads("outgoing");
    }

    @AfterEach
    void close() {
        store.close();
        places.close();
    }

    @Test
    void shouldTakeOverTheRepositoryOfALostNode() throws Exception {
        fill();
        assertThat(places.importFrom(OLD, Optional.empty())).isEqualTo(new DeferredImport.Moved(3, 0, 0));
        assertThat(places.importFrom(OLD, Optional.of("outgoing"))).isEqualTo(new DeferredImport.Moved(0, 0, 0));
        assertThat(repositories.repository(OLD).size()).isZero();
        assertThat(store.list(new DeferredSelection.All(), 10).total()).isEqualTo(3);
    }

    @Test
    void shouldRefuseWhatCanNotBeMeant() {
        assertThatThrownBy(() -> places.importFrom(OLD, Optional.of("other"))).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("other").hasMessageContaining("outgoing");
        assertThatThrownBy(() -> places.importFrom("nothing", Optional.empty())).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("nothing");
        places.reads(OLD);
        assertThatThrownBy(() -> places.importFrom(OLD, Optional.empty())).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("now");
    }

    @Test
    void shouldNameMailThatNobodyReads() throws Exception {
        fill();
        FileDeferralStore other = open("former");
        MailImpl mail = Mails.mail("mail", Mails.TEXT, "bob@example.com");
        other.defer(Mails.outbound(mail), Mails.outbound(mail).envelope().recipients(), MailHistory.NEW, Duration.ZERO);
        other.close();
        MailElsewhere elsewhere = new MailElsewhere(waiting, repositories, files, Set.of("outgoing"), () -> NOON);
        elsewhere.look();

        assertThat(elsewhere.problems()).hasSize(2)
            .anySatisfy(problem -> assertThat(problem).startsWith("3 deferred mails").contains(OLD))
            .anySatisfy(problem -> assertThat(problem).startsWith("1 deferred mails").contains("former"));
        places.importFrom(OLD, Optional.empty());
        elsewhere.look();
        assertThat(elsewhere.problems()).hasSize(1);
    }

    private void fill() throws Exception {
        RepositoryDeferralStore former = new RepositoryDeferralStore(queue, repositories.repository(OLD), () -> NOON, false, 5,
            Duration.ofHours(1));
        for (int i = 0; i < 3; i++) {
            MailImpl mail = Mails.mail("mail-" + i, Mails.TEXT, "bob@example.com");
            former.defer(Mails.outbound(mail), Mails.outbound(mail).envelope().recipients(), MailHistory.NEW, Duration.ZERO);
        }
    }

    private FileDeferralStore open(String name) {
        return FileDeferralStore.open(queue, waiting.resolve(name), () -> NOON,
            new DeferralRules(false, 5, Duration.ofHours(1), Duration.ofDays(5)), random::nextLong);
    }

    private static final class Repositories implements MailRepositoryStore {
        private final Map<String, MailRepository> all = new LinkedHashMap<>();

        MailRepository repository(String url) {
            return all.computeIfAbsent(url, key -> new MemoryMailRepository());
        }

        @Override
        public MailRepository select(MailRepositoryUrl url) {
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
