/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.dane.Channel;
import org.jamesdane.dane.ChannelCheck;
import org.jamesdane.dane.HostAttempt;
import org.jamesdane.dane.RecipientReply;
import org.jamesdane.delivery.AuditEvent;
import org.jamesdane.delivery.DeliveryAudit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line of JSON for every attempt at a host to the logger {@code org.jamesdane.audit}. Addresses of people are not in it.
 */
final class AuditLog implements DeliveryAudit {
    private static final Logger AUDIT = LoggerFactory.getLogger("org.jamesdane.audit");
    /** Raised with every change that a reader of the lines could stumble over. */
    private static final int SCHEMA = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public void attempted(AuditEvent event) {
        AUDIT.info("{}", line(event));
    }

    /** The line for an attempt. */
    static String line(AuditEvent event) {
        try {
            return JSON.writeValueAsString(tree(event));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An audit line could not be written as JSON", e);
        }
    }

    private static Map<String, Object> tree(AuditEvent event) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("schema", SCHEMA);
        line.put("time", event.started().toString());
        line.put("millis", event.took().toMillis());
        line.put("mail", event.mail());
        event.senderDomain().ifPresent(domain -> line.put("senderDomain", domain));
        line.put("recipients", event.recipients());
        line.put("nextHop", event.nextHop().toString());
        line.put("host", event.attempt().host());
        line.put("policy", event.policy().policy().toString());
        line.put("policySource", event.policy().source());
        event.route().ifPresent(route -> {
            line.put("route", word(route.kind()));
            line.put("routeSecurity", word(route.security()));
        });
        event.discovery().ifPresent(discovery -> line.put("tlsa", word(discovery)));
        event.requirement().ifPresent(requirement -> {
            line.put("requirement", word(requirement));
            requirement.serverName().ifPresent(name -> line.put("serverName", name.toString()));
        });
        event.connection().ifPresent(connection -> connection(line, connection));
        attempt(line, event.attempt());
        return line;
    }

    private static void connection(Map<String, Object> line, AuditEvent.Connection connection) {
        line.put("address", connection.address().getAddress().getHostAddress());
        line.put("port", connection.address().getPort());
        line.put("connectionReused", connection.reused());
        connection.channel().flatMap(Channel::tls).ifPresent(tls -> {
            line.put("tls", tls.protocol());
            line.put("cipher", tls.cipherSuite());
        });
        connection.check().ifPresent(check -> {
            if (check instanceof ChannelCheck.Permitted permitted) {
                line.put("security", permitted.label().toString());
                permitted.match().ifPresent(match -> line.put("matched", match.record().toString()));
            }
        });
    }

    private static void attempt(Map<String, Object> line, HostAttempt attempt) {
        if (attempt instanceof HostAttempt.Failed failed) {
            line.put("outcome", "failed");
            line.put("failure", word(failed.failure().kind()));
            failed.failure().reportType().ifPresent(type -> line.put("resultType", type.toString()));
            line.put("code", failed.failure().code().toString());
            line.put("text", failed.failure().sentence());
        } else if (attempt instanceof HostAttempt.Transacted done) {
            line.put("outcome", "transacted");
            int accepted = 0;
            List<String> others = new ArrayList<>();
            for (RecipientReply reply : done.replies().values()) {
                if (reply instanceof RecipientReply.Accepted) {
                    accepted++;
                } else if (reply instanceof RecipientReply.Rejected rejected) {
                    others.add(rejected.code() + " " + rejected.text());
                } else if (reply instanceof RecipientReply.Interrupted interrupted) {
                    others.add(interrupted.failure().sentence());
                }
            }
            line.put("accepted", accepted);
            if (!others.isEmpty()) {
                line.put("refusals", others);
            }
        }
    }

    private static String word(Object value) {
        String name = value instanceof Enum<?> constant ? constant.name() : value.getClass().getSimpleName()
            .replaceAll("(?<=[a-z])(?=[A-Z])", "-");
        return name.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
