/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueName;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.store.BreakingPostgres;
import org.jamesdane.store.PostgresConnections;
import org.jamesdane.store.WaitingMails;
import org.jamesdane.store.WaitingRecipients;

/**
 * Node in a process of its own, which a test can stop. It says on its output where it is, and goes on when it reads a line. The arguments
 * are a step ({@code release} or {@code send}), the URL of the database and the name of the queue.
 */
final class NodeProcess {
    /** Long enough that the lease does not end before the process is stopped, also on a busy machine. */
    private static final WaitingMails.Leases LEASES = new WaitingMails.Leases(Duration.ofSeconds(8), DatabaseNodes.LONGEST);

    private final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    private final String queue;

    private NodeProcess(String queue) {
        this.queue = queue;
    }

    /** Does its step and ends. */
    public static void main(String[] arguments) throws Exception {
        PostgresConnections connections = BreakingPostgres.connections(arguments[1], 2, step -> { });
        WaitingMails waiting = new WaitingMails(connections, arguments[0].equals("send") ? LEASES : DatabaseNodes.BRIEF);
        NodeProcess process = new NodeProcess(arguments[2]);
        DatabaseDeferralStore store = new DatabaseDeferralStore(process.queue(), waiting, new WaitingRecipients(connections),
            new HeldMails(waiting, (mail, envelope) -> Mails.outbound(mail), () -> 4711), () -> DatabaseNodes.NOON,
            new DatabaseDeferralStore.Limits(false, 100, DatabaseNodes.LONGEST, DatabaseNodes.LIFETIME));
        if (arguments[0].equals("release")) {
            store.releaseDue();
        } else {
            process.send(store);
        }
        System.exit(0);
    }

    private void send(DatabaseDeferralStore store) throws Exception {
        QueuedMail<JamesMail> held = store.storeInHand(Mails.outbound(DatabaseNodes.mail("mail-1", "bob@example.com")), MailHistory.NEW)
            .orElseThrow();
        try (InputStream message = held.mail().content().open()) {
            stop("sending");
            message.readAllBytes();
            say("sent");
            held.finish();
        } catch (IOException e) {
            say("cut " + e.getMessage());
        }
    }

    /** A queue that tells of what is put into it; a broker would have it afterwards. */
    private MailQueue queue() {
        return (MailQueue) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {MailQueue.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "getName" -> MailQueueName.of(queue);
                case "enQueue" -> {
                    stop("releasing");
                    say("enqueued " + WaitingCopy.handle((Mail) arguments[0]).orElseThrow().word());
                    yield null;
                }
                default -> throw new UnsupportedOperationException(method.getName());
            });
    }

    private void stop(String where) throws IOException {
        say(where);
        if (in.readLine() == null) {
            throw new IOException("the test has ended");
        }
    }

    private static void say(String line) {
        System.out.println("node: " + line);
    }
}
