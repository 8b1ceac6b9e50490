/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.queue.api.RawMailQueueItemDecoratorFactory;
import org.apache.james.queue.memory.MemoryMailQueueFactory;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.testing.postgres.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A queue whose deferred mail waited in the database, then in files with that database still named, then in the database again. */
class ChangedFormTest extends DatabaseNodes {
    private final Path directory;

    ChangedFormTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldNeitherDoubleNorDropWhatWasQueuedMeanwhile() throws Exception {
        SharedQueue queue = queue();
        Node database = node(queue);
        for (String name : List.of("delivered", "deferred")) {
            JamesMail outbound = Mails.outbound(mail(name, "bob@example.com"));
            database.store().defer(outbound, outbound.envelope().recipients(), MailHistory.NEW, Duration.ZERO);
        }
        database.store().releaseDue();
        DaneEngine engine = engine();
        try {
            OutboundQueue.Deferred files = files(engine, queue);
            Mail delivered = take(queue, database, files.releases());
            assertThat(delivered.getName()).isEqualTo("delivered");
            settle(queue, database, files.releases(), delivered);
            Mail deferred = take(queue, database, files.releases());
            JamesMail again = Mails.outbound(deferred);
            files.store().defer(again, again.envelope().recipients(), again.history(), Duration.ZERO);
            settle(queue, database, files.releases(), deferred);

            postgres.query(url, "UPDATE dane_waiting SET look = look - interval '2 days'");
            database.store().releaseDue();
            assertThat(queue.isEmpty()).as("the database knows that both were taken").isTrue();
            ((FileDeferralStore) files.store()).releaseDue();
            assertThat(take(queue, database, files.releases()).getName()).isEqualTo("deferred");
            files.store().close();
        } finally {
            engine.close();
        }
    }

    private static Mail take(SharedQueue queue, Node node, Releases releases) throws Exception {
        Mail mail = queue.take(node).orElseThrow();
        assertThat(releases.take(mail)).as(mail.getName()).isTrue();
        return mail;
    }

    private static void settle(SharedQueue queue, Node node, Releases releases, Mail mail) {
        releases.settled(mail);
        queue.done(node);
    }

    private DaneEngine engine() {
        return Engines.in(directory, Map.of("deferral.store", "files", "store.url", url, "store.user", TestPostgres.USER, "store.password",
            TestPostgres.PASSWORD));
    }

    private static OutboundQueue.Deferred files(DaneEngine engine, SharedQueue queue) {
        FileSystem none = (FileSystem) Proxy.newProxyInstance(ChangedFormTest.class.getClassLoader(), new Class<?>[] {FileSystem.class},
            (proxy, method, arguments) -> {
                throw new FileNotFoundException(String.valueOf(arguments[0]));
            });
        return new DeferralForms(engine, new Places.Repositories(), none,
            new MemoryMailQueueFactory(new RawMailQueueItemDecoratorFactory())).open(queue,
                MailetParameters.parse(Map.of("outgoing", queue.getName().asString())), (mail, envelope) -> Mails.outbound(mail));
    }
}
