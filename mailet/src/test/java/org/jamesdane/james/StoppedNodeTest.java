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
import org.jamesdane.delivery.MailHistory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Process of a node that is stopped (SIGSTOP) for longer than its lease, and goes on (SIGCONT) when another node has had its mail. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class StoppedNodeTest extends DatabaseNodes {
    private static final Duration LONG = Duration.ofMinutes(1);

    private Process process;
    private BufferedReader said;

    @AfterEach
    void kill() throws Exception {
        process.destroyForcibly();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldDropTheCopyOfAProcessThatStoodStillBeyondItsLease() throws Exception {
        SharedQueue queue = queue();
        Node other = node(queue);
        JamesMail outbound = Mails.outbound(mail("mail-1", "bob@example.com"));
        other.store().defer(outbound, outbound.envelope().recipients(), MailHistory.NEW, Duration.ZERO);

        startAndStop("release", queue, "releasing");
        deliver(queue, other);
        goOn();
        MailImpl late = mail("mail-1", "bob@example.com");
        late.setAttribute(new Attribute(MailAttributes.WAITING, AttributeValue.of(next("enqueued "))));
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(other.store().take(late)).as("it is another node's, and done").isFalse();
        queue.enQueue(late);
        workUntilDelivered(queue, other);

        assertThat(queue.delivered).containsExactly("mail-1");
    }

    @Test
    void shouldCutTheMessageOfAProcessThatStoodStillBeyondItsLease() throws Exception {
        SharedQueue queue = queue();
        startAndStop("send", queue, "sending");
        Node other = node(queue);
        deliver(queue, other);
        goOn();

        assertThat(next("cut ")).contains("lease");
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        workUntilDelivered(queue, other);
        assertThat(queue.delivered).containsExactly("mail-1");
    }

    /** The line that lets it go on waits in its pipe: nothing but the signal keeps the process where it is. */
    private void startAndStop(String step, SharedQueue queue, String where) throws Exception {
        process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
            "-cp", System.getProperty("java.class.path"), NodeProcess.class.getName(), step, url, queue.getName().asString())
            .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        said = process.inputReader(StandardCharsets.UTF_8);
        next(where);
        signal("STOP");
        await().atMost(LONG).until(this::stands);
        OutputStream out = process.getOutputStream();
        out.write('\n');
        out.flush();
    }

    private void deliver(SharedQueue queue, Node other) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(50)).until(() -> {
            other.work();
            return !queue.delivered.isEmpty();
        });
        assertThat(stands()).isTrue();
    }

    private void goOn() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).inheritIO().start().waitFor()).isZero();
    }

    /** State of a process as proc(5) has it, after its name. */
    private boolean stands() {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The rest of the next line of the node, which begins so. */
    private String next(String begin) throws IOException {
        String line = said.readLine();
        while (line != null && !line.startsWith("node: ")) {
            line = said.readLine();
        }
        assertThat(line).startsWith("node: " + begin);
        return line.substring(("node: " + begin).length());
    }
}
