/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.Set;

import javax.inject.Inject;

import org.apache.james.server.task.json.TaskExtensionModule;
import org.apache.james.server.task.json.dto.AdditionalInformationDTO;
import org.apache.james.server.task.json.dto.AdditionalInformationDTOModule;
import org.apache.james.server.task.json.dto.TaskDTO;
import org.apache.james.server.task.json.dto.TaskDTOModule;
import org.apache.james.task.Task;
import org.apache.james.task.TaskExecutionDetails;
import org.jamesdane.james.DaneEngine;

/**
 * Makes our tasks known to James; {@code guice.extension.task} in {@code extensions.properties} names this class. Without it {@code /tasks}
 * shows that they run, but not what they found.
 */
public final class DaneTasks implements TaskExtensionModule {
    private final DaneEngine engine;
    private final ProbeLimit limit;

    @Inject
    DaneTasks(DaneEngine engine, ProbeLimit limit) {
        this.engine = engine;
        this.limit = limit;
    }

    @Override
    public Set<TaskDTOModule<? extends Task, ? extends TaskDTO>> taskDTOModules() {
        return Set.of(ProbeTask.Dto.module(engine, limit));
    }

    @Override
    public Set<AdditionalInformationDTOModule<? extends TaskExecutionDetails.AdditionalInformation, ? extends AdditionalInformationDTO>>
            taskAdditionalInformationDTOModules() {
        return Set.of(ProbeTask.DetailsDto.module());
    }
}
