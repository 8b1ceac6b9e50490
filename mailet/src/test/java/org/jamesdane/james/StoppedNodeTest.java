/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.jamesdane.delivery.mail.MailHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Process of a node that is stopped (SIGSTOP) for longer than its lease, and goes on (SIGCONT) when another node has had its mail. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class StoppedNodeTest extends DatabaseNodes {
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void shouldDropTheCopyOfAProcessThatStoodStillBeyondItsLease() throws Exception {
        SharedQueue queue = queue();
        Node other = node(queue);
        JamesMail outbound = Mails.outbound(mail("mail-1", "bob@example.com"));
        other.store().defer(outbound, outbound.envelope().recipients(), MailHistory.NEW, Duration.ZERO);

        try (Stopped stopped = new Stopped("release", queue, "releasing")) {
            deliver(queue, other, stopped);
            stopped.goOn();
            MailImpl late = mail("mail-1", "bob@example.com");
            late.setAttribute(new Attribute(MailAttributes.WAITING, AttributeValue.of(stopped.next("enqueued "))));
            assertThat(other.rows().take(late)).as("it is another node's, and done").isFalse();
            queue.enQueue(late);
        }
        workUntilDelivered(queue, other);

        assertThat(queue.delivered).containsExactly("mail-1");
    }

    @Test
    void shouldCutTheMessageOfAProcessThatStoodStillBeyondItsLease() throws Exception {
        SharedQueue queue = queue();
        Node other = node(queue);
        try (Stopped stopped = new Stopped("send", queue, "sending")) {
            deliver(queue, other, stopped);
            stopped.goOn();

            assertThat(stopped.next("cut ")).contains("lease");
        }
        workUntilDelivered(queue, other);
        assertThat(queue.delivered).containsExactly("mail-1");
    }

    private static void deliver(SharedQueue queue, Node other, Stopped stopped) throws IOException {
        await().atMost(LONG).pollInterval(Duration.ofMillis(50)).until(() -> {
            other.work();
            return !queue.delivered.isEmpty();
        });
        assertThat(stopped.stands()).isTrue();
    }

    /** A node that stands still. The line that lets it go on waits in its pipe: nothing but the signal keeps the process where it is. */
    private final class Stopped implements AutoCloseable {
        private final Process process;
        private final BufferedReader said;

        Stopped(String step, SharedQueue queue, String where) throws Exception {
            process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), NodeProcess.class.getName(), step, url, queue.getName().asString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            said = process.inputReader(StandardCharsets.UTF_8);
            boolean stopped = false;
            try {
                assertThat(next(where)).isEmpty();
                signal("STOP");
                await().atMost(LONG).until(this::stands);
                OutputStream out = process.getOutputStream();
                out.write('\n');
                out.flush();
                stopped = true;
            } finally {
                if (!stopped) {
                    close();
                }
            }
        }

        void goOn() throws Exception {
            signal("CONT");
        }

        private void signal(String name) throws Exception {
            assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).inheritIO().start().waitFor()).isZero();
        }

        /** State of the process as proc(5) has it, after its name. */
        boolean stands() throws IOException {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        }

        /** The rest of the next line of the node, which begins so. */
        String next(String begin) throws IOException {
            String line = said.readLine();
            while (line != null && !line.startsWith("node: ")) {
                line = said.readLine();
            }
            assertThat(line).startsWith("node: " + begin);
            return String.valueOf(line).substring(("node: " + begin).length());
        }

        @Override
        public void close() {
            process.destroyForcibly();
            await().atMost(LONG).until(() -> !process.isAlive());
        }
    }
}
