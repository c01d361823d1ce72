"""The three functions as Python programmers write them with boto3; one answer, as a cold start gives it.

lambda_once.py serialize|classify|filter EVENT.json
"""
import base64
import json
import os
import sys


def make_serialize():
    import boto3

    s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])

    def handler(event):
        image = s3.get_object(Bucket=event["s3_bucket"], Key=event["s3_key"])["Body"].read()
        body = {**event, "image_data": base64.b64encode(image).decode("ascii"), "inferences": []}
        return {"statusCode": 200, "body": body}

    return handler


def make_classify():
    import boto3

    runtime = boto3.client("sagemaker-runtime", endpoint_url=os.environ["AWS_ENDPOINT_URL"])

    def handler(event):
        image = base64.b64decode(event["image_data"])
        answer = runtime.invoke_endpoint(EndpointName="scones-vehicles", ContentType="image/png", Body=image)
        return {"statusCode": 200, "body": {**event, "inferences": json.loads(answer["Body"].read())}}

    return handler


def make_filter():
    def handler(event):
        if max(event["inferences"]) < 0.7:
            raise Exception("THRESHOLD_CONFIDENCE_NOT_MET")
        return {"statusCode": 200, "body": event}

    return handler


step, path = sys.argv[1:]
handle = {"serialize": make_serialize, "classify": make_classify, "filter": make_filter}[step]()
with open(path) as file:
    print(json.dumps(handle(json.load(file))))
