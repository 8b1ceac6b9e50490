/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;

/** Questions to a name server. */
public final class Asking {
    private static final int UDP_SIZE = 1232;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Asking() {
    }

    /** The answer's records, once the server is up and has some. */
    public static List<Record> patiently(String server, Name name, int type, Supplier<String> log) {
        return Waiting.until(() -> {
            try {
                Message answer = ask(server, name, type);
                return answer.getRcode() == Rcode.NOERROR && !answer.getSection(Section.ANSWER).isEmpty();
            } catch (UncheckedIOException notYet) {
                return false;
            }
        }, PATIENCE) ? ask(server, name, type).getSection(Section.ANSWER) : fail(server, name, log);
    }

    private static List<Record> fail(String server, Name name, Supplier<String> log) {
        throw new IllegalStateException("The name server at " + server + " has no answer for " + name + "; it says:\n" + log.get());
    }

    /** Asks a question with DO and AD, by TCP where the answer is too long for UDP. */
    public static Message ask(String server, Name name, int type) {
        try {
            SimpleResolver resolver = new SimpleResolver(server);
            resolver.setTimeout(TIMEOUT);
            resolver.setEDNS(0, UDP_SIZE, org.xbill.DNS.ExtendedFlags.DO, List.of());
            Message question = Message.newQuery(Record.newRecord(name, type, DClass.IN));
            question.getHeader().setFlag(Flags.AD);
            return resolver.send(question);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(server + " is no address", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
