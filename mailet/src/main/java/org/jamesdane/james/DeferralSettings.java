/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import org.apache.james.mailrepository.api.MailRepositoryUrl;

/**
 * Where deferred mail waits.
 *
 * @param store which form is used
 * @param repository the URL below which each queue has its repository; empty for the default
 * @param node the name of this server among those that share repositories; empty for its host name
 */
record DeferralSettings(Store store, Optional<String> repository, Optional<String> node) {
    private static final String DEFAULT_PATH = "var/dane/deferred";
    private static final String LOCAL_PROTOCOL = "file";
    private static final String FORGETFUL_PROTOCOL = "memory";
    /** Queues that give a mail out when its delay is over, and others meanwhile. */
    private static final Pattern KEEPS_DELAYS = Pattern.compile("org\\.apache\\.james\\.queue\\.(memory|pulsar)\\..*");
    private static final Pattern URL = Pattern.compile("[a-z0-9+.-]+://\\S*");

    /** The form of the store. */
    enum Store {
        /** By the class of the queue: its own delay where that can be trusted, else a repository. */
        AUTO,
        /** The delay of the queue. */
        QUEUE,
        /** A mail repository. */
        REPOSITORY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static DeferralSettings parse(StrictSettings settings) {
        return new DeferralSettings(settings.word("deferral.store", Store.class, Store.AUTO),
            settings.value("deferral.repository", "the URL of a mail repository, such as file://var/dane/deferred/", DeferralSettings::url),
            settings.value("deferral.node", "a name of letters, digits, dots and hyphens", DeferralSettings::node));
    }

    private static String url(String text) {
        if (!URL.matcher(text).matches()) {
            throw new IllegalArgumentException();
        }
        return text;
    }

    private static String node(String text) {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9.-]{0,250}")) {
            throw new IllegalArgumentException();
        }
        return text;
    }

    /** Whether the mails of a queue of this class wait in the queue itself. */
    boolean inQueue(Class<?> queue) {
        return switch (store) {
            case QUEUE -> true;
            case REPOSITORY -> false;
            case AUTO -> KEEPS_DELAYS.matcher(queue.getName()).matches();
        };
    }

    /**
     * The repository of a queue. Without a setting it is of James's default kind; where that is one that servers share, each server has
     * its own.
     *
     * @param defaultProtocol James's default kind of repository
     * @throws ConfigurationError if that kind forgets its mail with the process, and nobody has asked for it
     */
    MailRepositoryUrl urlFor(String queue, Optional<String> defaultProtocol) {
        if (repository.isPresent()) {
            return MailRepositoryUrl.from(withSlash(repository.get()) + node.map(name -> name + "/").orElse("") + queue);
        }
        String protocol = defaultProtocol.orElse(LOCAL_PROTOCOL);
        if (protocol.equals(FORGETFUL_PROTOCOL)) {
            throw new ConfigurationError("dane.properties: deferral.repository is not set, and James's default repositories (memory) "
                + "forget their mail when James stops: set it to a repository that lasts, such as file://var/dane/deferred/, with its "
                + "protocol in mailrepositorystore.xml, or set deferral.store=queue if the queue " + queue + " keeps its delays.");
        }
        String path = protocol.equals(LOCAL_PROTOCOL) ? DEFAULT_PATH : DEFAULT_PATH + "/" + node.orElseGet(DeferralSettings::hostName);
        return MailRepositoryUrl.from(protocol + "://" + path + "/" + queue);
    }

    private static String withSlash(String url) {
        return url.endsWith("/") ? url : url + "/";
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new ConfigurationError("dane.properties: deferral.node is not set, and this server has no host name: name it there.", e);
        }
    }
}
