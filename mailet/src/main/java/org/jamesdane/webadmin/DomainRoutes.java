/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

import javax.inject.Inject;

import org.apache.james.task.TaskManager;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.delivery.destination.SiteKey;
import org.jamesdane.delivery.diagnosis.Diagnosis;
import org.jamesdane.delivery.diagnosis.Explanation;
import org.jamesdane.delivery.diagnosis.HostFinding;
import org.jamesdane.dns.DomainName;
import org.jamesdane.james.DaneEngine;
import org.jamesdane.james.DeliveriesHere;

/** Operations that tell what becomes of mail to one domain, and why. */
final class DomainRoutes implements RouteGroup {
    static final String NO_MAILET = "No mailet DaneRemoteDelivery is configured in mailetcontainer.xml: no mail is delivered under DANE.";
    private static final String DOMAIN = "domain";
    private static final String PATH = "/domains/:" + DOMAIN;
    /** Each takes a thread of the HTTP server while the DNS is asked. */
    private static final int MAX_EXPLAINING = 8;

    private final DaneEngine engine;
    private final TaskManager tasks;
    private final ProbeLimit limit;
    private final Semaphore explaining = new Semaphore(MAX_EXPLAINING);

    @Inject
    DomainRoutes(DaneEngine engine, TaskManager tasks, ProbeLimit limit) {
        this.engine = engine;
        this.tasks = tasks;
        this.limit = limit;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.get(PATH, this::explain), Endpoint.action(PATH, "probe", this::probe));
    }

    private Reply explain(Call call) {
        DomainName domain = call.domain(DOMAIN);
        Diagnosis diagnosis = diagnosis();
        if (!explaining.tryAcquire()) {
            throw Refusal.tooOften(MAX_EXPLAINING + " explanations are under way; no more are made at once.", Duration.ofSeconds(1));
        }
        try {
            Explanation explanation = diagnosis.explain(diagnosis.destination(domain.toString()));
            Map<String, Object> tree = new LinkedHashMap<>(explanation.toTree());
            tree.put("thisNode", thisNode(explanation.evidence().site().map(SiteKey::new), explanation.hosts(),
                explanation.nextHop().port(), engine.deliveriesHere()));
            return new Reply.Json(tree);
        } finally {
            explaining.release();
        }
    }

    /** Facts about the site and the hosts that each node has of its own. */
    static Map<String, Object> thisNode(Optional<SiteKey> key, List<HostFinding> hosts, int port, DeliveriesHere here) {
        Map<String, Object> tree = new LinkedHashMap<>();
        key.flatMap(here::site).ifPresent(site -> tree.put("site", DeliveryRoutes.tree(site)));
        tree.put("acrossMails", here.groupsMails());
        tree.put("hostsWithoutGroups", hosts.stream().flatMap(host -> resting(host, port, here)).toList());
        return tree;
    }

    private static Stream<String> resting(HostFinding host, int port, DeliveriesHere here) {
        return host.addresses() instanceof HostAddresses.Found found ? found.addresses().stream()
            .filter(address -> here.restsFromGroups(host.host().toString(), new InetSocketAddress(address, port)))
            .map(address -> host.host() + " " + address.getHostAddress()) : Stream.empty();
    }

    private Reply probe(Call call) {
        DomainName domain = call.domain(DOMAIN);
        Diagnosis unused = diagnosis();
        limit.take(domain);
        return new Reply.TaskCreated(tasks.submit(new ProbeTask(engine, limit, domain)).asString());
    }

    private Diagnosis diagnosis() {
        return engine.diagnosis().orElseThrow(() -> Refusal.conflict(NO_MAILET));
    }
}
