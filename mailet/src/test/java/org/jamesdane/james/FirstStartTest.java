/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import org.jamesdane.webadmin.DaneRoutes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The words for what a first installation gets wrong. */
class FirstStartTest {
    @ParameterizedTest
    @ValueSource(classes = {RequiredModule.class, DaneRoutes.class})
    void shouldNameTheLineThatIsMissingWithoutTheModule(Class<?> wanted) {
        assertThatThrownBy(() -> Guice.createInjector().getInstance(wanted)).hasStackTraceContaining("extensions.properties: "
            + "guice.extension.module does not name org.jamesdane.james.DaneModule; add that line");
    }

    @Test
    void shouldBeSatisfiedWithTheModule() {
        AbstractModule module = new AbstractModule() {
            @Override
            protected void configure() {
                bind(RequiredModule.class).toInstance(RequiredModule.LOADED);
            }
        };

        assertThat(Guice.createInjector(module).getInstance(RequiredModule.class)).isSameAs(RequiredModule.LOADED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "mail", "localhost.localdomain"})
    void shouldWarnOfANameThatNobodyCanLookUp(String name) {
        assertThat(HeloName.doubt(name).orElseThrow()).contains("\"" + name + "\"", "Set heloName in mailetcontainer.xml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mail.example.com", "[192.0.2.1]", "[IPv6:2001:db8::1]"})
    void shouldNotWarnOfANameInDns(String name) {
        assertThat(HeloName.doubt(name)).isEmpty();
    }
}
