/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jamesdane.dns.DomainName;
import org.jamesdane.store.Expectation;
import org.jamesdane.text.PrintableText;
import spark.Request;

/**
 * A call as a handler sees it: checked, bounded values, and sentences for whatever is wrong with them.
 */
public final class Call {
    /** The longest value of a parameter; a domain name in presentation form has at most about a thousand characters. */
    static final int MAX_PARAMETER = 1024;
    private static final String ACTION = "action";
    /** RFC 9110 §8.8.3; a weak tag names no exact content, and none is given out. */
    private static final Pattern TAG = Pattern.compile("\"([\\x21\\x23-\\x7e]*)\"");
    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]+");

    private final Request request;
    private final Query query;

    Call(Request request) {
        this.request = request;
        this.query = Query.of(Optional.ofNullable(request.queryString()));
    }

    /** Refuses query parameters that the operation does not take, and those given twice. */
    void allowOnly(Endpoint endpoint) {
        Set<String> allowed = new TreeSet<>(endpoint.parameters());
        endpoint.action().ifPresent(action -> allowed.add(ACTION));
        for (String name : query.names()) {
            if (!allowed.contains(name)) {
                throw Refusal.badRequest("The query parameter \"" + PrintableText.of(name) + "\" is not known here; "
                    + (allowed.isEmpty() ? "there are none." : "allowed are " + String.join(", ", allowed) + "."));
            }
            if (query.all(name).size() > 1) {
                throw Refusal.badRequest("The query parameter " + name + " is given more than once.");
            }
        }
    }

    /** The value of a path parameter. */
    public String path(String name) {
        String value = Optional.ofNullable(request.params(":" + name))
            .orElseThrow(() -> new IllegalArgumentException("there is no path parameter " + name));
        return bounded("path parameter " + name, value);
    }

    /** A path parameter that is a domain name. */
    public DomainName domain(String name) {
        return domainName(path(name));
    }

    /** A domain name out of what a caller sent: of letters, digits, hyphens and underscores, and not the root. */
    public static DomainName domainName(String text) {
        try {
            DomainName name = DomainName.of(text);
            if (name.isRoot() || !NAME.matcher(name.toString()).matches()) {
                throw Refusal.badRequest("\"" + PrintableText.of(text) + "\" is not allowed as a domain; "
                    + "it consists of labels of letters, digits, hyphens and underscores.");
            }
            return name;
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(e.getMessage() + ".");
        }
    }

    /** The value of a query parameter that was declared. */
    public Optional<String> parameter(String name) {
        return query.first(name).map(value -> bounded("query parameter " + name, value));
    }

    /** A query parameter that is the word of one of some values. */
    public <E extends Enum<E>> Optional<E> word(String name, Class<E> values) {
        List<E> allowed = List.of(values.getEnumConstants());
        return parameter(name).map(text -> allowed.stream().filter(value -> value.toString().equals(text)).findFirst()
            .orElseThrow(() -> Refusal.badRequest("The query parameter " + name + "=" + PrintableText.of(text)
                + " is not allowed; it is one of " + String.join(", ", allowed.stream().map(E::toString).toList()) + ".")));
    }

    /** A query parameter that is a number. */
    public int integer(String name, int min, int max, int byDefault) {
        Optional<String> text = parameter(name);
        if (text.isEmpty()) {
            return byDefault;
        }
        try {
            int value = Integer.parseInt(text.get());
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The sentence below says it.
        }
        throw Refusal.badRequest("The query parameter " + name + "=" + PrintableText.of(text.get())
            + " is not allowed; it is a number from "
            + min + " to " + max + ".");
    }

    /** The conditions {@code If-Match} and {@code If-None-Match}, RFC 9110 §13.1. */
    public Expectation expectation() {
        return new Expectation(tags("If-Match"), tags("If-None-Match"));
    }

    private Optional<Set<String>> tags(String header) {
        return Optional.ofNullable(request.headers(header)).map(String::strip).map(text -> {
            if (text.equals(Expectation.ANY)) {
                return Set.of(Expectation.ANY);
            }
            Set<String> tags = new TreeSet<>();
            for (String part : bounded("header " + header, text).split(",", -1)) {
                Matcher tag = TAG.matcher(part.strip());
                if (!tag.matches()) {
                    throw Refusal.badRequest("The header " + header + " is not allowed as it is; it has the ETag of a GET with its quotes, "
                        + "several between commas, or *.");
                }
                tags.add(tag.group(1));
            }
            return tags;
        });
    }

    /** Tests whether the caller asks for a media type before all others. */
    public boolean prefers(String mediaType) {
        String accepted = Optional.ofNullable(request.headers("Accept")).orElse("");
        return accepted.split("[,;]", 2)[0].strip().equalsIgnoreCase(mediaType);
    }

    Optional<String> action() {
        return parameter(ACTION);
    }

    static Refusal unknownAction(Optional<String> action, List<String> allowed) {
        String choice = String.join(", ", allowed);
        return Refusal.badRequest(action.map(name -> "The action \"" + PrintableText.of(name) + "\" is not known; allowed are " + choice
            + ".")
            .orElse("The query parameter action is missing; allowed are " + choice + "."));
    }

    /** The body, a JSON object of at most {@value JsonFields#MAX_BODY} octets. */
    public JsonFields body() {
        return JsonFields.of(request);
    }

    private static String bounded(String what, String value) {
        if (value.length() > MAX_PARAMETER) {
            throw Refusal.badRequest("The " + what + " has " + value.length() + " characters; at most " + MAX_PARAMETER + " are allowed.");
        }
        return value;
    }
}
