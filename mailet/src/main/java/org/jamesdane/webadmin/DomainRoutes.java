/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

import javax.inject.Inject;

import org.apache.james.task.TaskManager;
import org.jamesdane.delivery.diagnosis.Diagnosis;
import org.jamesdane.dns.DomainName;
import org.jamesdane.james.DaneEngine;

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
            return new Reply.Json(diagnosis.explain(diagnosis.destination(domain.toString())).toTree());
        } finally {
            explaining.release();
        }
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
