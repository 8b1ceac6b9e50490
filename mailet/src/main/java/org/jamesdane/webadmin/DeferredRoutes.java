/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.inject.Inject;

import org.jamesdane.delivery.deferral.DeferredImport;
import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredMails;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.dns.DomainName;
import org.jamesdane.text.AddressDomain;
import org.jamesdane.text.PrintableText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Operations on deferred mail: list, release, delete, and take over. */
final class DeferredRoutes implements RouteGroup {
    private static final Logger LOGGER = LoggerFactory.getLogger(DeferredRoutes.class);
    private static final String DOMAIN = "domain";
    private static final String NODES = "nodes";
    private static final String RECIPIENT = "recipient";
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 10_000;
    /** RFC 5321 §4.5.3.1.3. */
    private static final int MAX_ADDRESS = 254;

    private final DeferredMails mails;
    private final DeferredImport imports;

    @Inject
    DeferredRoutes(DeferredMails mails, DeferredImport imports) {
        this.mails = mails;
        this.imports = imports;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
            Endpoint.get("/deferred", this::list, DOMAIN, "limit"),
            Endpoint.delete("/deferred", this::delete, RECIPIENT),
            Endpoint.action("/deferred", "import", this::importFrom, "from", "queue"),
            Endpoint.action("/deferred", "drain", this::drain),
            Endpoint.action("/domains/:" + DOMAIN, "retry", this::retry));
    }

    /** Does something with deferred mail. */
    @FunctionalInterface
    private interface Work<T> {
        T run() throws MailAccessException;
    }

    private static <T> T guarded(Work<T> work) {
        try {
            return work.run();
        } catch (MailAccessException e) {
            LOGGER.error("A call about deferred mail failed", e);
            throw Refusal.unavailable(e.getMessage() + ".");
        }
    }

    private Reply list(Call call) {
        int limit = call.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
        DeferredSelection selection = call.parameter(DOMAIN).map(Call::domainName)
            .<DeferredSelection>map(DeferredSelection.OfDomains::only).orElseGet(DeferredSelection.All::new);
        DeferredMails.Listing listing = guarded(() -> mails.list(selection, limit));
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put(NODES, nodes());
        tree.put("total", listing.total());
        tree.put("mails", listing.mails().stream().map(DeferredRoutes::tree).toList());
        return new Reply.Json(tree);
    }

    private static Map<String, Object> tree(DeferredMail mail) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", mail.id());
        tree.put("queue", mail.queue());
        mail.senderDomain().ifPresent(domain -> tree.put("senderDomain", domain));
        tree.put("recipients", mail.recipients());
        tree.put("nextTry", mail.nextTry().toString());
        tree.put("retries", mail.progress().retries());
        mail.progress().firstAttempt().ifPresent(time -> tree.put("firstAttempt", time.toString()));
        mail.progress().lastReason().ifPresent(reason -> tree.put("reason", reason));
        return tree;
    }

    private Reply delete(Call call) {
        Optional<String> recipient = call.parameter(RECIPIENT);
        if (recipient.isEmpty()) {
            throw Refusal.badRequest("The query parameter recipient is missing; it is the address whose mail is to be deleted.");
        }
        String address = recipient.get();
        int at = address.lastIndexOf('@');
        if (at <= 0 || at == address.length() - 1 || address.length() > MAX_ADDRESS) {
            throw Refusal.badRequest("The query parameter recipient=" + PrintableText.of(address) + " is no mail address.");
        }
        int deleted = guarded(() -> mails.delete(new DeferredSelection.OfRecipient(address)));
        LOGGER.info("{} deferred mails were deleted for one recipient at {}", deleted, PrintableText.of(AddressDomain.of(address)));
        // 0.1.0 has published 204, which has no content: what an answer says of itself stands in its headers.
        return new Reply.WithHeaders(new Reply.NoContent(), Map.of("Dane-Nodes", nodes(), "Dane-Deleted", String.valueOf(deleted)));
    }

    private Reply retry(Call call) {
        DomainName domain = call.domain(DOMAIN);
        int released = guarded(() -> mails.release(DeferredSelection.OfDomains.only(domain)));
        LOGGER.info("{} deferred mails for {} are tried again at once", released, domain);
        return new Reply.Json(Map.of(DOMAIN, domain.toString(), "released", released, NODES, nodes()));
    }

    private Reply drain(Call call) {
        int drained = guarded(mails::drain);
        LOGGER.info("{} deferred mails go back into their queues; no mail is taken out of them any more", drained);
        return new Reply.Json(Map.of("released", drained, NODES, nodes()));
    }

    private String nodes() {
        return nodes(mails.ofAllNodes());
    }

    private static String nodes(boolean all) {
        return all ? "all" : "this";
    }

    private Reply importFrom(Call call) {
        String from = call.parameter("from").orElseThrow(() ->
            Refusal.badRequest("The query parameter from is missing; it is the URL of a mail repository of James."));
        DeferredImport.Moved moved;
        try {
            moved = guarded(() -> imports.importFrom(from, call.parameter("queue")));
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(PrintableText.of(String.valueOf(e.getMessage())) + ".");
        }
        LOGGER.info("{} deferred mails were taken over from {}, {} are left there{}", moved.taken(), PrintableText.of(from), moved.left(),
            moved.done() ? "" : "; it goes on");
        return new Reply.Json(Map.of("taken", moved.taken(), "already", moved.already(), "left", moved.left(), "done", moved.done(),
            "remaining", moved.remaining(), NODES, nodes(moved.ofAllNodes())));
    }
}
