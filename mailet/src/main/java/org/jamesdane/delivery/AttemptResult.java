/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.List;

import org.jamesdane.dane.DecisionTrace;
import org.jamesdane.dane.Outcome;

/**
 * What one attempt at a mail has led to.
 *
 * @param outcomes one for each recipient
 * @param traces how it was decided, one for each next hop
 */
public record AttemptResult(List<Outcome> outcomes, List<DecisionTrace> traces) {
    public AttemptResult {
        outcomes = List.copyOf(outcomes);
        traces = List.copyOf(traces);
    }
}
