/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Virtual threads that wait for a host under TLS leave their carriers to others. Monitors pin up to Java 23. From Java 24 on only native
 * code below the waiting does, so that there this test says less.
 */
@Timeout(60)
@EnabledForJreRange(min = JRE.JAVA_21)
class PinningTest {
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** A host that takes its time for the hello and for the reply, the reply in two parts. */
    private static Script slow(boolean tls13) {
        return new Script(tls13) {
            @Override
            byte[] beforeHello(byte[] sessionId) {
                pause();
                return new byte[0];
            }

            @Override
            void afterHandshake(EvilServer.Session session) throws IOException, GeneralSecurityException {
                session.record();
                pause();
                byte[] record = session.sealed(EvilServer.DATA, new byte[] {'y'});
                session.raw(Arrays.copyOf(record, 9));
                pause();
                session.raw(Arrays.copyOfRange(record, 9, record.length));
            }
        };
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int reply(Script script) throws IOException {
        try (EvilServer server = new EvilServer(TestPki.authority("Evil CA").leaf("mx.example").issue(), script);
                Socket plain = server.connect()) {
            plain.setSoTimeout(0);
            TlsHandshake.Secured secured = TlsHandshake.perform(plain, TlsSettings.withoutServerName());
            secured.out().write('x');
            return secured.in().read();
        }
    }

    /** Tests whether a thread of ours stood still in that event, for as long as the host did. */
    private static boolean isOurs(RecordedEvent event) {
        return event.getDuration().compareTo(PAUSE.dividedBy(2)) > 0 && event.getStackTrace() != null
            && event.getStackTrace().getFrames().stream().map(RecordedFrame::getMethod)
                .anyMatch(method -> method.getType().getName().startsWith("org.jamesdane"));
    }

    /** Runs work on a virtual thread, and gives the events in which a thread kept its carrier while it waited. */
    private static List<RecordedEvent> pinned(Callable<Integer> work, Path file) throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ofMillis(1)).withStackTrace();
            recording.start();
            ExecutorService threads = (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
            try {
                assertThat(threads.submit(work).get()).isEqualTo((int) 'y');
            } finally {
                threads.shutdown();
            }
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldPinNoCarrierWhileReading(boolean tls13, @TempDir Path directory) throws Exception {
        // Everything is loaded before anything is measured.
        assertThat(reply(slow(tls13))).isEqualTo('y');

        assertThat(pinned(() -> reply(slow(tls13)), directory.resolve("pinned.jfr"))).noneMatch(PinningTest::isOurs);
    }

    /** Waits for a host while its class is initialised, which pins a carrier in every version of Java: native code is below it. */
    private static final class Initializer {
        static final int REPLY = initial();

        private static int initial() {
            try {
                return reply(slow(true));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void shouldSeeACarrierThatIsPinned(@TempDir Path directory) throws Exception {
        assertThat(pinned(() -> Initializer.REPLY, directory.resolve("pinned.jfr"))).anyMatch(PinningTest::isOurs);
    }
}
