/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.apache.james.json.DTOModule;
import org.apache.james.server.task.json.dto.AdditionalInformationDTO;
import org.apache.james.server.task.json.dto.AdditionalInformationDTOModule;
import org.apache.james.server.task.json.dto.TaskDTO;
import org.apache.james.server.task.json.dto.TaskDTOModule;
import org.apache.james.task.AsyncSafeTask;
import org.apache.james.task.TaskExecutionDetails;
import org.apache.james.task.TaskType;
import org.jamesdane.delivery.diagnosis.ProbeReport;
import org.jamesdane.delivery.diagnosis.TimedProbe;
import org.jamesdane.dns.DomainName;
import org.jamesdane.james.DaneEngine;

/**
 * Connects to the hosts of a domain and reports what they show; James runs it, beside other tasks, and shows its progress under
 * {@code /tasks}.
 */
final class ProbeTask implements AsyncSafeTask {
    static final TaskType TYPE = TaskType.of("dane-probe");

    /**
     * Details of a probe that {@code /tasks} shows.
     *
     * @param timestamp when it was as shown
     * @param report the tree of a {@link ProbeReport}; only the domain before the DNS was asked
     */
    record Details(Instant timestamp, Map<String, Object> report) implements TaskExecutionDetails.AdditionalInformation {
        Details {
            report = Collections.unmodifiableMap(new LinkedHashMap<>(report));
        }
    }

    /** The details as James stores and shows them. */
    record DetailsDto(@JsonProperty("type") String type, @JsonProperty("timestamp") Instant timestamp,
            @JsonProperty("report") Map<String, Object> report) implements AdditionalInformationDTO {
        static AdditionalInformationDTOModule<Details, DetailsDto> module() {
            return DTOModule.forDomainObject(Details.class).convertToDTO(DetailsDto.class)
                .toDomainObjectConverter(dto -> new Details(dto.timestamp(), dto.report()))
                .toDTOConverter((details, type) -> new DetailsDto(type, details.timestamp(), details.report()))
                .typeName(TYPE.asString())
                .withFactory(AdditionalInformationDTOModule::new);
        }

        @Override
        public String getType() {
            return type;
        }

        @Override
        public Instant getTimestamp() {
            return timestamp;
        }
    }

    /** The task as a distributed James hands it from node to node. */
    record Dto(@JsonProperty("type") String type, @JsonProperty("domain") String domain) implements TaskDTO {
        static TaskDTOModule<ProbeTask, Dto> module(DaneEngine engine, ProbeLimit limit) {
            return DTOModule.forDomainObject(ProbeTask.class).convertToDTO(Dto.class)
                .toDomainObjectConverter(dto -> new ProbeTask(engine, limit, DomainName.of(dto.domain())))
                .toDTOConverter((task, type) -> new Dto(type, task.domain.toString()))
                .typeName(TYPE.asString())
                .withFactory(TaskDTOModule::new);
        }

        @Override
        public String getType() {
            return type;
        }
    }

    private final DaneEngine engine;
    private final ProbeLimit limit;
    private final DomainName domain;
    private volatile Map<String, Object> progress;

    ProbeTask(DaneEngine engine, ProbeLimit limit, DomainName domain) {
        this.engine = engine;
        this.limit = limit;
        this.domain = domain;
        this.progress = Map.of("domain", domain.toString());
    }

    @Override
    public Result run() throws InterruptedException {
        try (TimedProbe probe = engine.probe(ProbeLimit.LONGEST).orElseThrow(() -> new IllegalStateException(DomainRoutes.NO_MAILET))) {
            probe.run(domain.toString(), state -> progress = state.toTree());
        } finally {
            limit.ended(domain);
        }
        // What the hosts did wrong is in the report; the task itself has done its work.
        return Result.COMPLETED;
    }

    @Override
    public TaskType type() {
        return TYPE;
    }

    @Override
    public Optional<TaskExecutionDetails.AdditionalInformation> details() {
        return Optional.of(new Details(engine.clock().instant(), progress));
    }
}
