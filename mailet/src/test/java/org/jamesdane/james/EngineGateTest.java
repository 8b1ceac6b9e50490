/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.apache.james.metrics.api.Gauge;
import org.apache.james.metrics.api.GaugeRegistry;
import org.apache.james.server.core.MailImpl;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.mail.MailHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Delivery, or none, on a server whose store has no policies. */
class EngineGateTest {
    @Test
    void shouldHoldAllMailOnceMailOfAnEarlierTimeComes(@TempDir Path directory) throws Exception {
        DaneEngine engine = started(directory, Map.of());
        try {
            DeliveryGate gate = engine.gate();
            JamesMail fresh = mail(Optional.empty());
            assertThat(gate.hold(fresh)).isEmpty();
            assertThat(gate.hold(mail(Optional.of(Instant.now().minus(Duration.ofDays(1)))))).isPresent();
            assertThat(gate.hold(fresh)).isPresent();
            engine.settings().acceptEmpty();
            assertThat(gate.hold(fresh)).isEmpty();
        } finally {
            engine.close();
        }
    }

    @Test
    void shouldHoldAllMailWhereStateIsRequired(@TempDir Path directory) throws Exception {
        DaneEngine engine = started(directory, Map.of("store.require-state", "true"));
        try {
            assertThat(engine.gate().hold(mail(Optional.empty()))).hasValueSatisfying(hold -> assertThat(hold.reason())
                .contains("accept-empty"));
        } finally {
            engine.close();
        }
    }

    private static DaneEngine started(Path directory, Map<String, String> settings) {
        DaneEngine engine = Engines.in(directory, settings);
        engine.start(new GaugeRegistry() {
            @Override
            public <T> GaugeRegistry register(String name, Gauge<T> gauge) {
                return this;
            }

            @Override
            public <T> SettableGauge<T> settableGauge(String name) {
                throw new UnsupportedOperationException(name);
            }
        });
        return engine;
    }

    private static JamesMail mail(Optional<Instant> firstAttempt) throws Exception {
        MailImpl mail = Mails.mail("mail", Mails.TEXT, "bob@example.com");
        firstAttempt.ifPresent(at -> MailAttributes.setHistory(mail, new MailHistory(Optional.of(MailAge.firstAttempt(at)), 1,
            Optional.empty(), Optional.empty())));
        return Mails.outbound(mail);
    }
}
