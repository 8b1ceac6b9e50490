/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.apache.james.metrics.api.Gauge;
import org.apache.james.metrics.api.GaugeRegistry;
import org.apache.james.webadmin.RandomPortSupplier;
import org.apache.james.webadmin.WebAdminConfiguration;
import org.apache.james.webadmin.authentication.AuthenticationFilter;
import org.apache.james.webadmin.authentication.NoAuthenticationFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Warnings about a webadmin that is open; OpenWebadminIT has one that really is. */
class WebadminAccessTest {
    private static final AuthenticationFilter TOKENS = (request, response) -> { };

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Map<String, Gauge<?>> gauges = new HashMap<>();

    @BeforeEach
    void listen() {
        log.start();
        ((Logger) LoggerFactory.getLogger(WebadminAccess.class)).addAppender(log);
    }

    @AfterEach
    void listenNoMore() {
        ((Logger) LoggerFactory.getLogger(WebadminAccess.class)).detachAppender(log);
    }

    private WebadminAccess access(AuthenticationFilter authentication, WebAdminConfiguration.Builder configuration) {
        GaugeRegistry registry = new GaugeRegistry() {
            @Override
            public <T> GaugeRegistry register(String name, Gauge<T> gauge) {
                gauges.put(name, gauge);
                return this;
            }

            @Override
            public <T> SettableGauge<T> settableGauge(String name) {
                throw new UnsupportedOperationException(name);
            }
        };
        return new WebadminAccess(authentication, configuration.enabled().port(new RandomPortSupplier()).build(), Set.of(), registry);
    }

    private static WebAdminConfiguration.Builder on(String host) {
        return WebAdminConfiguration.builder().host(host);
    }

    private Object open() {
        return Objects.requireNonNull(gauges.get("dane.webadmin.open")).get();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.7", "2001:db8::7"})
    void shouldWarnOfAnOpenOne(String host) {
        WebadminAccess access = access(new NoAuthenticationFilter(), on(host));

        assertThat(open()).isEqualTo(1);
        assertThat(access.rules()).isPresent();
        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage()).startsWith("Webadmin listens on " + host)
                .contains("jwt.enabled=true", "host=127.0.0.1");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.7.7.7", "::1", "localhost"})
    void shouldNotWarnOfOneThatOnlyThisHostReaches(String host) {
        WebadminAccess access = access(new NoAuthenticationFilter(), on(host));

        assertThat(open()).isEqualTo(0);
        assertThat(access.rules()).isPresent();
        assertThat(log.list).isEmpty();
    }

    @Test
    void shouldNotWarnOfTheHostThatJamesTakesByDefault() {
        access(new NoAuthenticationFilter(), WebAdminConfiguration.builder());

        assertThat(open()).isEqualTo(0);
        assertThat(log.list).isEmpty();
    }

    @Test
    void shouldNotWarnWhereATokenIsNeeded() {
        WebadminAccess access = access(TOKENS, on("0.0.0.0"));

        assertThat(open()).isEqualTo(0);
        assertThat(access.rules()).isEmpty();
        assertThat(log.list).isEmpty();
    }
}
