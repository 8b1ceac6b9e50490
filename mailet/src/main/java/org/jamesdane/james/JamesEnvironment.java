/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.FileNotFoundException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import javax.inject.Inject;

import org.apache.commons.configuration2.HierarchicalConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.commons.configuration2.tree.ImmutableNode;
import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.server.core.configuration.ConfigurationProvider;
import org.jamesdane.dns.validating.SystemResolvers;

/** Resolvers and files that dane.properties leaves to James. */
final class JamesEnvironment implements DaneProperties.Surroundings {
    private final ConfigurationProvider configurations;
    private final FileSystem files;

    @Inject
    JamesEnvironment(ConfigurationProvider configurations, FileSystem files) {
        this.configurations = configurations;
        this.files = files;
    }

    @Override
    public List<InetSocketAddress> resolvers() {
        try {
            HierarchicalConfiguration<ImmutableNode> dns = configurations.getConfiguration("dnsservice");
            List<InetSocketAddress> named = Arrays.stream(dns.getStringArray("servers.server")).map(DaneProperties::server).toList();
            return named.isEmpty() ? SystemResolvers.addresses() : named;
        } catch (ConfigurationException e) {
            throw new ConfigurationError("dnsservice.xml can't be read: " + e.getMessage() + "; name the resolvers in dane.properties "
                + "as dns.servers.", e);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationError("dnsservice.xml: a server is no IP address (" + e.getMessage() + "); name the resolvers in "
                + "dane.properties as dns.servers.", e);
        }
    }

    @Override
    public Path file(String key, String location) {
        return path(key, location);
    }

    @Override
    public Path directory(String key, String location) {
        return path(key, location);
    }

    private Path path(String key, String location) {
        if (!location.startsWith(FileSystem.FILE_PROTOCOL)) {
            return Path.of(location);
        }
        try {
            return files.getFile(location).toPath();
        } catch (FileNotFoundException e) {
            throw new ConfigurationError("dane.properties: " + key + "=" + location + " is not allowed; there is no such file.", e);
        }
    }
}
