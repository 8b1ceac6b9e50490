/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.james.mailrepository.api.MailRepositoryUrl;

/**
 * Settings for the place where deferred mail waits.
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
    /** Queues that give a mail out at once, whatever its delay. */
    private static final Pattern IGNORES_DELAYS = Pattern.compile("org\\.apache\\.james\\.queue\\.rabbitmq\\..*");
    /** James's default repositories of a server that has no database: our own files suit it. */
    private static final Set<String> OF_ONE_SERVER = Set.of(LOCAL_PROTOCOL, FORGETFUL_PROTOCOL);
    private static final Pattern URL = Pattern.compile("[a-z0-9+.-]+://\\S*");

    /** The form of the store. */
    enum Store {
        /** The form that fits the queue, the database and James's repositories; see {@link DeferralSettings#form}. */
        AUTO,
        /** The delay of the queue. */
        QUEUE,
        /** Files of our own below store.directory. */
        FILES,
        /** The database of store.url. */
        DATABASE,
        /** A mail repository of James. */
        REPOSITORY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static DeferralSettings parse(StrictSettings settings) {
        return new DeferralSettings(settings.word("deferral.store", Store.class, Store.AUTO),
            settings.value("deferral.repository", "the URL of a mail repository, such as file://var/dane/deferred/", DeferralSettings::url),
            node(settings));
    }

    /** An environment variable that is not set leaves nothing: two servers would have one name. */
    private static Optional<String> node(StrictSettings settings) {
        Optional<String> name = settings.value("deferral.node", "a name of letters, digits, dots and hyphens", DeferralSettings::node);
        if (name.isEmpty() && settings.keys().contains("deferral.node")) {
            throw settings.refuse("deferral.node", "it is empty; name this server, or take the line away to use its host name");
        }
        return name;
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

    /**
     * The form for a queue. A queue that keeps its own delays comes first, then the database, which all nodes share. Without both, files
     * are used where James itself keeps its mail on this server, else a repository of James.
     *
     * @param queue the name of the queue's class
     * @param database whether store.url is set
     * @param defaultProtocol James's default kind of repository
     * @return anything but {@link Store#AUTO}
     * @throws ConfigurationError if the form that is set can't be used
     */
    Store form(String queue, boolean database, Optional<String> defaultProtocol) {
        if (store == Store.QUEUE && IGNORES_DELAYS.matcher(queue).matches()) {
            throw new ConfigurationError("dane.properties: deferral.store=queue is not allowed with RabbitMQ: its queue ignores delays, so "
                + "that deferred mail would be tried again at once and without end; set database (with store.url), repository or auto.");
        }
        if (store == Store.DATABASE && !database) {
            throw new ConfigurationError("dane.properties: deferral.store=database is not allowed without store.url, which names the "
                + "database; set it, or another deferral.store: " + others(Store.DATABASE) + ".");
        }
        if (store == Store.REPOSITORY && protocol(defaultProtocol).equals(LOCAL_PROTOCOL)) {
            return Store.FILES;
        }
        if (store != Store.AUTO) {
            return store;
        }
        if (KEEPS_DELAYS.matcher(queue).matches()) {
            return Store.QUEUE;
        }
        if (database) {
            return Store.DATABASE;
        }
        return OF_ONE_SERVER.contains(protocol(defaultProtocol)) ? Store.FILES : Store.REPOSITORY;
    }

    private static String others(Store refused) {
        return Arrays.stream(Store.values()).filter(each -> each != refused).map(Store::toString).collect(Collectors.joining(", "));
    }

    /**
     * The repository of a queue on this server. Its name is always part of it: servers that share repositories must not share mail.
     *
     * @param defaultProtocol James's default kind of repository, which is used without a setting
     * @throws ConfigurationError if that kind forgets its mail with the process, and nobody has asked for it
     */
    MailRepositoryUrl urlFor(String queue, Optional<String> defaultProtocol) {
        if (repository.isEmpty() && protocol(defaultProtocol).equals(FORGETFUL_PROTOCOL)) {
            throw new ConfigurationError("dane.properties: deferral.repository is not set, and James's default repositories (memory) "
                + "forget their mail when James stops: set deferral.store=files, or set deferral.repository to a repository that lasts, "
                + "with its protocol in mailrepositorystore.xml.");
        }
        return MailRepositoryUrl.from(base(defaultProtocol) + nodeName() + "/" + queue);
    }

    private String base(Optional<String> defaultProtocol) {
        return withSlash(repository.orElse(protocol(defaultProtocol) + "://" + DEFAULT_PATH));
    }

    private String protocol(Optional<String> defaultProtocol) {
        return repository.map(url -> url.substring(0, url.indexOf("://"))).or(() -> defaultProtocol).orElse(LOCAL_PROTOCOL);
    }

    /** The repositories in files that earlier versions used for a queue, without a setting and with these settings. */
    List<MailRepositoryUrl> formerFiles(String queue) {
        return Stream.of(LOCAL_PROTOCOL + "://" + DEFAULT_PATH + "/", base(Optional.of(LOCAL_PROTOCOL)))
            .filter(url -> url.startsWith(LOCAL_PROTOCOL + ":"))
            .flatMap(url -> Stream.of(url + queue, url + nodeName() + "/" + queue))
            .distinct().map(MailRepositoryUrl::from).toList();
    }

    /** The name of this server among those that share repositories. */
    String nodeName() {
        return node.orElseGet(DeferralSettings::hostName);
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
