/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.testing.james.James;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;

/** The sample configuration of james-conf, as a user would take it, in a working directory of the test. */
final class Setups {
    /** Far more than anything takes on an idle machine; nothing is measured by it. */
    static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String ANCHORS = "file://conf/dane-trust-anchors";

    private Setups() {
    }

    static JamesConfiguration sample() {
        return JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf")));
    }

    static JamesSetup of(DemoWorld world, Path directory) {
        return of(world, directory, Map.of());
    }

    /** With elements of the mailet's configuration set to other values. */
    static JamesSetup of(DemoWorld world, Path directory, Map<String, String> parameters) {
        JamesConfiguration configuration = world.configure(sample(), ANCHORS);
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            configuration = withParameter(configuration, parameter.getKey(), parameter.getValue());
        }
        return JamesSetup.of(configuration, directory).withOurExtension();
    }

    /** With keys of dane.properties set to other values. */
    static JamesSetup withSettings(DemoWorld world, Path directory, Map<String, String> settings) {
        JamesConfiguration configuration = world.configure(sample(), ANCHORS);
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            configuration = configuration.edited("dane.properties", text -> DemoWorld.set(text, setting.getKey(), setting.getValue()));
        }
        return JamesSetup.of(configuration, directory).withOurExtension();
    }

    /** With a parameter that the sample sets, set to another value. */
    static JamesConfiguration withParameter(JamesConfiguration configuration, String parameter, String value) {
        return configuration.edited("mailetcontainer.xml", xml -> {
            String element = "<" + parameter + ">[^<]*</" + parameter + ">";
            String changed = xml.replaceFirst(element, "<" + parameter + ">" + value + "</" + parameter + ">");
            if (changed.equals(xml)) {
                throw new IllegalArgumentException("The sample does not set " + parameter + " to another value than " + value);
            }
            return changed;
        });
    }

    static void submit(James james, String sender, Destination destination) {
        james.submit(sender, List.of(destination.recipient()), "From: " + sender + "\nTo: " + destination.recipient()
            + "\nSubject: to " + destination.domain() + "\n\nHello.\n");
    }
}
