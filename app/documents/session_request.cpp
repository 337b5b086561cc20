// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/session_request.h"

#include "analysis/core/error.h"

namespace oodscope {

EvaluationRequest requestOf(const Session& session) {
  EvaluationRequest request;
  request.sets = session.sets;
  request.models = session.models;
  request.scores = session.scores;
  for (const std::string& name : session.methods) {
    const auto method = methodFromName(name);
    require(method.has_value(), "requestOf: the session names an unknown method");
    request.methods.push_back(*method);
  }
  for (const double temperature : session.temperatures) request.temperatures.push_back(static_cast<float>(temperature));
  request.protocols = session.protocols;
  if (request.methods.empty()) request.methods = {session.view.score.method};
  if (request.temperatures.empty()) request.temperatures = {session.view.score.temperature};
  if (request.protocols.empty()) request.protocols = {session.view.protocol};
  request.resolution = session.view.resolution;
  request.allChannels = session.view.allChannels;
  return request;
}

}  // namespace oodscope
