/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.distribution;

import java.nio.file.Path;
import java.util.List;

import org.jamesdane.testing.james.JamesConfiguration;

/**
 * Configurations made like those that James comes with, in what the steps of installing touch: keys and elements, the comment at the end
 * of each file of properties, and the missing newline behind it.
 */
final class StockConfiguration {
    /** The flavours of James that have a configuration of their own. */
    static final List<String> FLAVOURS = List.of("memory", "jpa", "cassandra", "distributed", "postgres");

    private StockConfiguration() {
    }

    /** The configuration of a flavour; files that no step touches are those of a James in memory. */
    static JamesConfiguration of(String flavour) {
        JamesConfiguration files = JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf", "")))
            .without("dane.properties")
            .without("healthcheck.properties")
            .with("extensions.properties", """
                # Extensions are loaded from ./extensions-jars.

                # Names of additional guice modules, between commas
                #guice.extension.module=""")
            .with("webadmin.properties", """
                enabled=true
                port=8000
                host=localhost

                # Defaults to false
                https.enabled=false

                # Defaults to false
                #jwt.enabled=true
                #jwt.publickeypem.url=file://conf/jwt_publickey

                # Defaults to false
                #cors.enable=true
                #cors.origin

                # Names of further routes
                #extensions.routes=""")
            .edited("mailetcontainer.xml", xml -> xml.replaceFirst("(?s) *<mailet match=\"All\" class=\"org.jamesdane.*?</mailet>", """
                        <mailet match="All" class="RemoteDelivery">
                          <outgoingQueue>outgoing</outgoingQueue>
                          <delayTime>5000, 100000, 500000</delayTime>
                          <maxRetries>3</maxRetries>
                          <maxDnsProblemRetries>0</maxDnsProblemRetries>
                          <deliveryThreads>10</deliveryThreads>
                          <sendpartial>true</sendpartial>
                          <bounceProcessor>bounces</bounceProcessor>
                        </mailet>
                """).replace("    <processor state=\"local-address-error\"", """
                    <processor state="bounces" enableJmx="false">
                      <mailet match="All" class="DSNBounce">
                        <passThrough>false</passThrough>
                      </mailet>
                    </processor>

                    <processor state="local-address-error\""""));
        // Not every flavour has the file.
        return flavour.equals("memory") || flavour.equals("jpa") ? files : files.with("healthcheck.properties", """
            # Period between two checks
            # healthcheck.period=60s

            # Names of further health checks
            # additional.healthchecks=""");
    }
}
