/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * MTA-STS beside Debian's: policies that nginx serves, as our search finds them and as postfix-mta-sts-resolver tells Postfix.
 */
@NullMarked
package org.jamesdane.peers.sts;

import org.jspecify.annotations.NullMarked;
