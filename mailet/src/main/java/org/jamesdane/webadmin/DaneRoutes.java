/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import javax.inject.Inject;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.inject.Injector;
import com.google.inject.Key;
import org.apache.james.webadmin.Routes;
import org.apache.james.webadmin.utils.ErrorResponder;
import org.apache.james.webadmin.utils.ErrorResponder.ErrorType;
import org.jamesdane.james.RequiredModule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import spark.Request;
import spark.Response;
import spark.Route;
import spark.Service;

/**
 * Serves all operations under {@code /dane}; {@code extensions.routes} in {@code webadmin.properties} names this class.
 *
 * <p>The only class that speaks to the HTTP server. It never asks for the raw request or response: their types differ between the lines
 * of James.
 */
public final class DaneRoutes implements Routes {
    /** Path of all operations; webadmin's authentication covers this path and what is below it, and nothing else of ours. */
    public static final String BASE_PATH = "/dane";

    private static final Logger LOGGER = LoggerFactory.getLogger(DaneRoutes.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JSON_TYPE = "application/json";
    private static final int SERVER_ERROR = 500;

    private static final Key<Set<RouteGroup>> GROUPS = new Key<>() { };

    private final List<Endpoint> endpoints;
    private final Optional<BrowserRules> browsers;

    /**
     * Takes the groups where the module is loaded; without it Guice would say no more than that there are none.
     *
     * @param unused the witness, which is asked for first
     */
    @Inject
    DaneRoutes(RequiredModule unused, Injector injector) {
        this(injector.createChildInjector(new WebadminModule()).getInstance(GROUPS), injector.getInstance(WebadminAccess.class).rules());
    }

    DaneRoutes(Set<RouteGroup> groups, Optional<BrowserRules> browsers) {
        this.browsers = browsers;
        this.endpoints = groups.stream().flatMap(group -> group.endpoints().stream()).toList();
    }

    @Override
    public String getBasePath() {
        return BASE_PATH;
    }

    /** All operations. */
    List<Endpoint> endpoints() {
        return endpoints;
    }

    @Override
    public void define(Service service) {
        Map<String, List<Endpoint>> actions = new LinkedHashMap<>();
        for (Endpoint endpoint : endpoints) {
            String path = BASE_PATH + endpoint.path();
            switch (endpoint.method()) {
                case GET -> service.get(path, route(List.of(endpoint)));
                case PUT -> service.put(path, route(List.of(endpoint)));
                case DELETE -> service.delete(path, route(List.of(endpoint)));
                case POST -> actions.computeIfAbsent(path, key -> new ArrayList<>()).add(endpoint);
            }
        }
        actions.forEach((path, choice) -> service.post(path, route(choice)));
    }

    private Route route(List<Endpoint> choice) {
        return (request, response) -> {
            response.type(JSON_TYPE);
            try {
                return write(answer(choice, request), response);
            } catch (Refusal refusal) {
                refusal.retryAfter().ifPresent(time -> response.header("Retry-After", String.valueOf(Math.max(1, time.toSeconds()))));
                return error(response, refusal.status(), refusal.type(), refusal.sentence());
            } catch (RuntimeException | JsonProcessingException e) {
                LOGGER.error("An unexpected error ended a call of {} {}", request.requestMethod(), choice.get(0).path(), e);
                return error(response, SERVER_ERROR, ErrorType.SERVER_ERROR, "An unexpected error, see the log of this server.");
            }
        };
    }

    private Reply answer(List<Endpoint> choice, Request request) {
        SentRequest sent = sent(request);
        Admission.byMethod(sent, choice.get(0).method());
        browsers.ifPresent(rules -> rules.check(sent, choice.get(0).method()));
        Call call = new Call(request);
        Endpoint endpoint = select(choice, call);
        call.allowOnly(endpoint);
        return endpoint.handler().handle(call);
    }

    private static SentRequest sent(Request request) {
        return new SentRequest(request.requestMethod(), request.headers().stream().collect(Collectors.toMap(Function.identity(),
            name -> Optional.ofNullable(request.headers(name)).orElse(""), (one, other) -> one)));
    }

    private static Endpoint select(List<Endpoint> choice, Call call) {
        if (choice.get(0).action().isEmpty()) {
            return choice.get(0);
        }
        Optional<String> action = call.action();
        return choice.stream().filter(endpoint -> endpoint.action().equals(action)).findFirst()
            .orElseThrow(() -> Call.unknownAction(action, choice.stream().flatMap(each -> each.action().stream()).sorted().toList()));
    }

    private static String write(Reply reply, Response response) throws JsonProcessingException {
        response.status(reply.status());
        reply.headers().forEach(response::header);
        return body(reply, response);
    }

    private static String body(Reply reply, Response response) throws JsonProcessingException {
        if (reply instanceof Reply.WithHeaders more) {
            return body(more.reply(), response);
        }
        if (reply instanceof Reply.Json json) {
            return JSON.writeValueAsString(json.tree());
        }
        if (reply instanceof Reply.Text text) {
            response.type(text.contentType());
            return text.text();
        }
        return reply instanceof Reply.TaskCreated created ? JSON.writeValueAsString(created.tree()) : "";
    }

    private static String error(Response response, int status, ErrorType type, String sentence) {
        response.status(status);
        return ErrorResponder.builder().statusCode(status).type(type).message(sentence).asString();
    }
}
