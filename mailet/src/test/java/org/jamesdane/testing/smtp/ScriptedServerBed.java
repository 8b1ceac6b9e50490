/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;

/** Servers, their certificate, and the commands that lead to the content. */
abstract class ScriptedServerBed {
    static final Authority CA = TestPki.authority("Test CA");
    static final Credential MX = CA.leaf("mx.example").issue();

    static SmtpServerBuilder server() {
        return ScriptedSmtpServer.builder();
    }

    /** Greets, and brings one message as far as its final dot. */
    static void sendUpToContent(RawClient client) throws IOException {
        assertThat(client.reply()).startsWith("220 ");
        assertThat(client.ask("EHLO client.example")).contains("250 ");
        assertThat(client.ask("MAIL FROM:<alice@example.com> SIZE=5")).startsWith("250 ");
        assertThat(client.ask("RCPT TO:<bob@example.org>")).startsWith("250 ");
        assertThat(client.ask("DATA")).startsWith("354 ");
    }
}
