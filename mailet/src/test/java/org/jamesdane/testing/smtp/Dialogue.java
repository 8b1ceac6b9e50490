/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The server's side of one session (RFC 5321 §4). */
final class Dialogue {
    private static final int MAX_COMMAND_OCTETS = 64 * 1024;
    private static final long ALL = Long.MAX_VALUE;

    private final Wire wire;
    private final Settings settings;
    private final Script script;
    private final Session session;
    private final Faults faults;
    private final Function<String, Optional<String>> replyTo;
    private final Runnable onAccepted;
    private final Map<Point, Integer> visits = new EnumMap<>(Point.class);
    private Optional<MailTransaction> transaction = Optional.empty();
    private boolean swallowLf;

    Dialogue(Wire wire, Settings settings, Script script, Session session, Faults faults,
            Function<String, Optional<String>> replyTo, Runnable onAccepted) {
        this.wire = wire;
        this.settings = settings;
        this.script = script;
        this.session = session;
        this.faults = faults;
        this.replyTo = replyTo;
        this.onAccepted = onAccepted;
    }

    void run() throws IOException {
        Optional<Fault> atConnect = fault(Point.CONNECT);
        if (atConnect.isPresent()) {
            faults.perform(atConnect.get(), "");
        }
        if (settings.implicitTls()) {
            handshake();
        }
        answer(Point.BANNER, "220 " + settings.hostName() + " ESMTP");
        while (true) {
            handle(readCommand());
        }
    }

    private void handle(Command command) throws IOException {
        switch (command.verb()) {
            case "EHLO" -> ehlo();
            case "HELO" -> helo();
            case "STARTTLS" -> starttls();
            case "AUTH" -> auth(command);
            case "MAIL" -> mail(command);
            case "RCPT" -> rcpt(command);
            case "DATA" -> data();
            case "RSET" -> {
                transaction = Optional.empty();
                answer(Point.RSET, "250 2.0.0 Reset");
            }
            case "NOOP" -> answer(Point.NOOP, "250 2.0.0 Still here");
            case "QUIT" -> {
                answer(Point.QUIT, "221 2.0.0 Goodbye");
                throw new SessionEnd("quit");
            }
            default -> say("500 5.5.1 Unknown command");
        }
    }

    private void ehlo() throws IOException {
        transaction = Optional.empty();
        boolean clear = wire.protection() == Protection.CLEAR;
        Point point = clear || settings.implicitTls() ? Point.EHLO : Point.EHLO_AFTER_TLS;
        Optional<Fault> fault = fault(point);
        List<String> extensions = fault.filter(Fault.Advertise.class::isInstance)
            .map(advertise -> ((Fault.Advertise) advertise).extensions())
            .orElseGet(() -> usualExtensions(clear));
        StringBuilder reply = new StringBuilder();
        String line = settings.hostName();
        for (String extension : extensions) {
            reply.append("250-").append(line).append("\r\n");
            line = extension;
        }
        answer(fault, reply + "250 " + line + "\r\n");
    }

    private List<String> usualExtensions(boolean clear) {
        if (!clear) {
            return settings.extensionsAfterTls();
        }
        return settings.tls().isEmpty() || settings.hideStarttls() ? settings.extensions()
            : Stream.concat(settings.extensions().stream(), Stream.of("STARTTLS")).toList();
    }

    private void helo() throws IOException {
        transaction = Optional.empty();
        answer(Point.HELO, "250 " + settings.hostName());
    }

    private void starttls() throws IOException {
        boolean possible = settings.tls().isPresent() && wire.protection() == Protection.CLEAR;
        String said = answer(Point.STARTTLS, possible ? "220 2.0.0 Go ahead" : "503 5.5.1 No TLS here and now");
        if (said.startsWith("220") && possible) {
            wire.flush();
            transaction = Optional.empty();
            handshake();
        }
    }

    private void handshake() throws IOException {
        if (settings.tls().isPresent()) {
            new Handshake(wire, session, faults).perform(settings.tls().get(), fault(Point.HANDSHAKE));
        }
    }

    private void auth(Command command) throws IOException {
        AuthExchange exchange = new AuthExchange(wire.protection(), challenge -> {
            say("334 " + challenge);
            return readCommand().text();
        });
        session.add(exchange.perform(command.argument()));
        answer(Point.AUTH, "235 2.7.0 Welcome");
    }

    private void mail(Command command) throws IOException {
        if (transaction.isPresent()) {
            say("503 5.5.1 One transaction at a time");
            return;
        }
        if (isPositive(answer(Point.MAIL, "250 2.1.0 Sender fine"))) {
            transaction = Optional.of(new MailTransaction(session, Mailbox.parse(command.argument()), wire.protection()));
        }
    }

    private void rcpt(Command command) throws IOException {
        if (transaction.isEmpty()) {
            say("503 5.5.1 MAIL comes first");
            return;
        }
        Mailbox recipient = Mailbox.parse(command.argument());
        String reply = replyTo.apply(recipient.address()).orElse("250 2.1.5 Recipient fine");
        transaction.get().recipient(recipient, isPositive(answer(Point.RCPT, reply)));
    }

    private void data() throws IOException {
        Optional<Fault> fault = fault(Point.DATA);
        String normal = transaction.map(mail -> mail.hasRecipients() ? "354 Go ahead" : "554 5.5.1 No valid recipients")
            .orElse("503 5.5.1 MAIL comes first");
        String said = answer(fault, normal + "\r\n");
        if (said.startsWith("354") && transaction.isPresent()) {
            content(transaction.get());
        }
    }

    private void content(MailTransaction mail) throws IOException {
        ContentReader reader = new ContentReader(wire, settings.endOfData(), !settings.countOnly());
        try {
            Optional<Fault> middle = fault(Point.MID_DATA);
            if (middle.isPresent()) {
                reader.read(1);
                mail.content(reader.content());
                faults.perform(middle.get(), "");
            }
            reader.read(ALL);
        } finally {
            mail.content(reader.content());
        }
        swallowLf = settings.endOfData() == EndOfData.ANY_LINE_END;
        transaction = Optional.empty();
        finalDot(mail);
    }

    private void finalDot(MailTransaction mail) throws IOException {
        Optional<Fault> fault = fault(Point.FINAL_DOT);
        if (fault.filter(Fault.AcceptThen.class::isInstance).isPresent()) {
            accept(mail);
        }
        if (isPositive(answer(fault, "250 2.0.0 Message accepted\r\n"))) {
            accept(mail);
        }
    }

    private void accept(MailTransaction mail) {
        if (mail.accept()) {
            onAccepted.run();
        }
    }

    private Command readCommand() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = wire.read(); octet != '\n' || isLeftOver(line); octet = wire.read()) {
            if (octet < 0 || line.size() > MAX_COMMAND_OCTETS) {
                session.receive(wire.protection(), line.toString(StandardCharsets.ISO_8859_1));
                throw new SessionEnd(octet < 0 ? "client closed" : "command line too long");
            }
            if (octet != '\n') {
                line.write(octet);
            }
        }
        swallowLf = false;
        byte[] octets = line.toByteArray();
        boolean crlf = octets.length > 0 && octets[octets.length - 1] == '\r';
        byte[] text = crlf ? Arrays.copyOf(octets, octets.length - 1) : octets;
        session.receive(wire.protection(), line.toString(StandardCharsets.ISO_8859_1) + "\n");
        Command command = new Command(new String(text, StandardCharsets.UTF_8), wire.protection(), crlf);
        session.add(command);
        return command;
    }

    /** Tests if a line feed still belongs to the final dot line, whose carriage return ended the content already. */
    private boolean isLeftOver(ByteArrayOutputStream line) {
        boolean leftOver = swallowLf && line.size() == 0;
        swallowLf = false;
        return leftOver;
    }

    private Optional<Fault> fault(Point point) {
        return script.faultAt(point, visits.merge(point, 1, Integer::sum));
    }

    private String answer(Point point, String line) throws IOException {
        return answer(fault(point), line + "\r\n");
    }

    private String answer(Optional<Fault> fault, String octets) throws IOException {
        if (fault.isPresent()) {
            return faults.perform(fault.get(), octets);
        }
        wire.write(octets);
        return octets;
    }

    private void say(String line) throws IOException {
        wire.write(line + "\r\n");
    }

    private static boolean isPositive(String reply) {
        return reply.startsWith("2");
    }
}
