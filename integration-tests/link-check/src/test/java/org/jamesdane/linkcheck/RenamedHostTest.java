/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A newer host of which one class is not at hand: the older host's takes its place, renamed, when it is listed.
 */
class RenamedHostTest {
    private static final String OLD = """
        package javax.mail;
        public class Message { }
        package host;
        public class Sender {
            public void send(javax.mail.Message message, String[] words, javax.mail.Message[] more) { }
        }
        """;
    private static final String NEW = OLD.replace("javax.mail", "jakarta.mail");
    private static final String NEW_AT_HAND = """
        package jakarta.mail;
        public class Message { }
        """;
    private static final String CLIENT = """
        package client;
        public class Client {
            void send(host.Sender sender) { sender.send(new jakarta.mail.Message(), new String[0], new jakarta.mail.Message[0]); }
        }
        """;

    private final Path directory;

    RenamedHostTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldTakeTheOlderHostsClassRenamedWhenItIsListed() throws Exception {
        assertThat(check(OLD, ListedClasses.of("host.Sender # not at hand")).faults()).isEmpty();
    }

    @Test
    void shouldMissAClassThatIsNotListed() throws Exception {
        assertThat(check(OLD, ListedClasses.of("")).faults()).extracting(LinkReport.Fault::toString)
            .anySatisfy(fault -> assertThat(fault).contains("class host/Sender: there is no such class"));
    }

    @Test
    void shouldCompareTheSignaturesOfAListedClass() throws Exception {
        String other = OLD.replace("String[] words", "String words");

        assertThat(check(other, ListedClasses.of("host.*")).faults()).extracting(LinkReport.Fault::what)
            .containsExactly("there is no such method");
    }

    @Test
    void shouldFindANameThatWasNotRelocated() throws Exception {
        Path old = Compiled.jar(directory, "old", OLD);
        Path client = Compiled.jar(directory, "client", CLIENT.replace("jakarta.mail", "javax.mail"), old);
        try (JarClasses newClasses = JarClasses.of(Compiled.jar(directory, "new", NEW))) {
            assertThat(LinkCheck.against(newClasses).check(client).faults()).extracting(LinkReport.Fault::toString)
                .anySatisfy(fault -> assertThat(fault).contains("class javax/mail/Message: there is no such class"));
        }
    }

    @Test
    void shouldRenameOnlyWhatBecameJakarta() {
        assertThat(Renaming.renamed("javax/mail/internet/MimeMessage")).isEqualTo("jakarta/mail/internet/MimeMessage");
        assertThat(Renaming.renamed("javax/annotation/PreDestroy")).isEqualTo("jakarta/annotation/PreDestroy");
        assertThat(Renaming.renamed("com/sun/mail/dsn/DeliveryStatus")).isEqualTo("org/eclipse/angus/mail/dsn/DeliveryStatus");
        assertThat(Renaming.renamed("javax/net/ssl/SSLSocket")).isEqualTo("javax/net/ssl/SSLSocket");
        assertThat(Renaming.renamed("javax/annotation/processing/Processor")).isEqualTo("javax/annotation/processing/Processor");
        assertThat(Renaming.original("jakarta/inject/Inject")).isEqualTo("javax/inject/Inject");
    }

    private LinkReport check(String old, ListedClasses lacking) throws Exception {
        Path client = Compiled.jar(directory, "client", CLIENT, Compiled.jar(directory, "new", NEW));
        try (JarClasses atHand = JarClasses.of(Compiled.jar(directory, "at-hand", NEW_AT_HAND));
                JarClasses oldClasses = JarClasses.of(Compiled.jar(directory, "old", old))) {
            return LinkCheck.against(atHand, oldClasses, lacking).check(client);
        }
    }
}
