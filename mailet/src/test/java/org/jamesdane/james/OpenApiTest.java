/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import org.apache.james.task.TaskManager;
import org.jamesdane.delivery.deferral.DeferredImport;
import org.jamesdane.delivery.deferral.DeferredMails;
import org.jamesdane.webadmin.Endpoint;
import org.jamesdane.webadmin.RouteGroup;
import org.jamesdane.webadmin.WebadminModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description of the management interface, against the operations that the module registers. */
class OpenApiTest {
    private static final Pattern PATH = Pattern.compile("  (/dane/\\S+):");
    private static final Pattern METHOD = Pattern.compile("    (get|put|post|delete):");
    private static final Pattern NAME = Pattern.compile("        - name: (\\w+)");
    private static final Pattern PLACE = Pattern.compile("          in: (\\w+)");
    private static final Pattern ACTIONS = Pattern.compile("          schema: \\{type: string, enum: \\[(.*)]}");
    private static final Pattern OF_ONE_ACTION = Pattern.compile(" +description: \\((\\w+)\\) .*");

    private static <T> T unused(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            throw new UnsupportedOperationException(method.getName());
        }));
    }

    /** Operations, a line each: method, path, action, query parameters. */
    private static Set<String> registered(DaneEngine engine) {
        Set<RouteGroup> groups = Guice.createInjector(new WebadminModule(), new AbstractModule() {
            @Override
            protected void configure() {
                bind(DaneEngine.class).toProvider(() -> engine);
                bind(TaskManager.class).toInstance(unused(TaskManager.class));
                bind(DeferredMails.class).toInstance(unused(DeferredMails.class));
                bind(DeferredImport.class).toInstance(unused(DeferredImport.class));
            }
        }).getInstance(Key.get(new TypeLiteral<Set<RouteGroup>>() { }));
        Set<String> lines = new TreeSet<>();
        for (RouteGroup group : groups) {
            for (Endpoint each : group.endpoints()) {
                lines.add(each.method() + " /dane" + each.path().replaceAll(":(\\w+)", "{$1}")
                    + each.action().map(action -> "?action=" + action).orElse("") + " " + new TreeSet<>(each.parameters()));
            }
        }
        return lines;
    }

    private static Set<String> described() throws IOException {
        Set<String> lines = new TreeSet<>();
        String path = "";
        String method = "";
        String name = "";
        Set<String> parameters = new TreeSet<>();
        Map<String, String> ofAction = new HashMap<>();
        List<String> actions = new ArrayList<>();
        List<String> document = new ArrayList<>(Files.readAllLines(Path.of("../docs/openapi.yaml")));
        document.add("components:");
        for (String line : document) {
            Matcher newPath = PATH.matcher(line);
            Matcher newMethod = METHOD.matcher(line);
            boolean isPath = newPath.matches();
            boolean isMethod = newMethod.matches();
            if ((isPath || isMethod || line.equals("components:")) && !method.isEmpty()) {
                for (String action : actions.isEmpty() ? List.of("") : actions) {
                    Set<String> its = new TreeSet<>(parameters);
                    its.removeIf(each -> !ofAction.getOrDefault(each, action).equals(action));
                    lines.add(method + " " + path + (action.isEmpty() ? "" : "?action=" + action) + " " + its);
                }
                method = "";
                parameters = new TreeSet<>();
                ofAction.clear();
                actions = new ArrayList<>();
            }
            if (isPath) {
                path = newPath.group(1);
            } else if (isMethod) {
                method = newMethod.group(1).toUpperCase(java.util.Locale.ROOT);
            }
            Matcher newName = NAME.matcher(line);
            name = newName.matches() ? newName.group(1) : name;
            Matcher place = PLACE.matcher(line);
            if (place.matches() && place.group(1).equals("query") && !name.equals("action")) {
                parameters.add(name);
            }
            Matcher ofOne = OF_ONE_ACTION.matcher(line);
            if (ofOne.matches()) {
                ofAction.putIfAbsent(name, ofOne.group(1));
            }
            Matcher choice = ACTIONS.matcher(line);
            if (choice.matches() && name.equals("action")) {
                actions.addAll(List.of(choice.group(1).split(", ")));
            }
        }
        return lines;
    }

    @Test
    void shouldDescribeEveryOperationWithItsParametersAndNoOther(@TempDir Path directory) throws Exception {
        DaneEngine engine = Engines.in(directory, Map.of());
        try {
            assertThat(registered(engine)).hasSizeGreaterThan(15).isEqualTo(described());
        } finally {
            engine.close();
        }
    }
}
